#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# golden.sh record|replay|agent|screen BOARD MCULLM GOLDEN_MODEL
set -euo pipefail
action=$1 board=$2 mcullm=$(realpath "$3") golden_model=$(realpath "$4")
trace=$(realpath -m "$(dirname "${BASH_SOURCE[0]}")/$board.trace")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"$golden_model" model.mcm

require_simulator() {
  "$mcullm" list --no-probe 2> /dev/null | grep -qE "^ *sim:$board .* ready$" && return
  echo "SKIPPED: sim:$board cannot be started here"
  exit 77
}

case $action in
  record)
    "$mcullm" --trace "$trace" validate model.mcm --port "sim:$board" --matmul 3x9x2 --tokens 11 -p ab
    printf '%s: %s bytes\n' "$trace" "$(stat -c %s "$trace")"
    ;;
  replay)
    "$mcullm" replay "$trace" validate model.mcm --matmul 3x9x2 --tokens 11 -p ab
    ;;
  agent)
    require_simulator
    "$mcullm" replay "$trace" --against "sim:$board" --model model.mcm
    ;;
  screen)
    # what a person saw, but for how long it took; the speed of a simulated clock is recorded
    times='s#[0-9.]+ tok/s |#~ #; s#[0-9.]+ (k?M?B/s|s)\b#~#g'
    told=(chat model.mcm --seed 5 --no-progress)
    typed=$'/set n 9\nab\n/set continue on\ncd\n/set n 3\nef\n'
    require_simulator
    "$mcullm" --trace live.trace "${told[@]}" --port "sim:$board" <<< "$typed" > live.out 2> live.err || { cat live.err && exit 1; }
    "$mcullm" replay live.trace "${told[@]}" <<< "$typed" > again.out 2> again.err || { cat again.err && exit 1; }
    [[ $(wc -l < live.out) -ge 3 ]] || { echo "no three answers" && cat live.out live.err && exit 1; }
    for stream in out err; do
      diff <(sed -E "$times" live.$stream) <(sed -E "$times" again.$stream)
    done
    ;;
esac
