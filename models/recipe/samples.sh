#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The stories of models/README.md: one for each line of prompts.txt, with a blank line behind each.
#   models/recipe/samples.sh [BUILD_DIR] [IMAGE]
set -euo pipefail
recipe=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${1:-$recipe/../../build}
image=${2:-$recipe/../tales260k.mcm}
seed=0
while read -r prompt; do
  "$build/mcullm" -q generate "$image" -p "$prompt" -t 0.7 --top-p 0.9 --seed $((++seed)) -n 0
  echo
done <"$recipe/prompts.txt"
