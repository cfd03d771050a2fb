#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# golden.sh record|replay|agent BOARD MCULLM GOLDEN_MODEL
set -euo pipefail
action=$1 board=$2 mcullm=$(realpath "$3") golden_model=$(realpath "$4")
trace=$(realpath -m "$(dirname "${BASH_SOURCE[0]}")/$board.trace")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"$golden_model" model.mcm

case $action in
  record)
    "$mcullm" --trace "$trace" validate model.mcm --port "sim:$board" --matmul 3x9x2 --tokens 11 -p ab
    printf '%s: %s bytes\n' "$trace" "$(stat -c %s "$trace")"
    ;;
  replay)
    "$mcullm" replay "$trace" validate model.mcm --matmul 3x9x2 --tokens 11 -p ab
    ;;
  agent)
    code=0
    "$mcullm" replay "$trace" --against "sim:$board" --model model.mcm || code=$?
    if ((code == 2 || code == 4)); then
      echo "SKIPPED: sim:$board cannot be started here"
      exit 77
    fi
    exit "$code"
    ;;
esac
