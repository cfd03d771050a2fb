#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# template.sh MCULLM TEMPLATE_AGENT GOLDEN_MODEL: what a porter does, on the template: HELLO, products, tokens.
set -euo pipefail
mcullm=$1 agent=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"$3" model.mcm
"$mcullm" validate --port "exec:$agent" --link --matmul 7x33x3
"$mcullm" validate --port "exec:$agent" --sweep 4
"$mcullm" validate --port "exec:$agent" model.mcm --tokens 20
