#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run_document.sh [--slow] DOCUMENT BUILD: runs the commands of its blocks, in order, in one shell, in an empty folder with
# build, models, device and proto beside it as in a checkout.
#
#   ```sh                 run; a command that fails, fails the test
#   ```sh fails           run; the block has to fail
#   ```sh needs PROGRAM   run where PROGRAM is installed, else SKIPPED
#   ```sh needs sim:NAME  run where that board can be simulated, else SKIPPED
#   ```sh slow            run by --slow only
#   ```sh hardware        run line by line against a port that does not exist: whatever the program says, it has to
#                         understand the command (exit code 2 and 127 fail)
#   ```sh setup           not run: it installs, changes the checkout, or needs a model that is not in it. Building and
#                         ./dev are what CI does anyway
#   ```text, ```c, ...    not commands
set -euo pipefail
slow=0
[[ $1 == --slow ]] && { slow=1 && shift; }
document=$(realpath "$1") build=$(realpath "$2") source=$(dirname "$(dirname "$(realpath "$0")")")/..
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/home" "$scratch/run" "$scratch/blocks"
cd "$scratch/run"
ln -s "$build" build
for room in models device proto host tests; do ln -s "$(realpath "$source")/$room" "$room"; done
export HOME=$scratch/home PATH=$build:$PATH NO_COLOR=1
unset MCULLM_PORT MCULLM_CONFIG MCULLM_PROFILE XDG_CONFIG_HOME

# one file for each block: LINE.KIND
awk -v to="$scratch/blocks" '
  /^```sh( |$)/ { kind = substr($0, 7); if (kind == "") kind = "run"; gsub(" ", "_", kind); file = sprintf("%s/%05d.%s", to, NR, kind); printf "" > file; next }
  /^```/ { file = ""; next }
  file != "" { print > file }' "$document"

say() { printf '\n== %s:%d: %s\n' "$(basename "$document")" "$((10#$1))" "$2"; }

# The state of the shell goes on from block to block.
state=$scratch/state
printf '' > "$state"
run_block() {
  bash -eo pipefail -c '. "$1"; set -a; . "$2"; set +a; declare -p | grep -E "^declare -x (PORT|MODEL)=" > "$1" || true' - "$state" "$1" < /dev/null
}

there_is() {
  if [[ $1 == sim:* ]]; then
    mcullm list --no-probe 2> /dev/null < /dev/null | grep -qE "^ *$1 .* ready$"
  else
    command -v "$1" > /dev/null
  fi
}

check_understood() {
  local line code
  while IFS= read -r line; do
    [[ -z $line || $line == \#* ]] && continue
    line=$(sed -E 's#/dev/tty[A-Za-z]+[0-9]*#/nonexistent/tty#g; s#id:[A-Z0-9]+#id:NONE#g' <<< "$line")
    code=0
    bash -c "$line" < /dev/null > "$scratch/out" 2>&1 || code=$?
    if ((code == 2 || code == 127)); then
      printf '%s\n' "$line" && cat "$scratch/out"
      return 1
    fi
  done < "$1"
}

failed=0 blocks=0
for block in "$scratch"/blocks/*; do
  [[ -e $block ]] || break
  name=$(basename "$block") line=${name%%.*} kind=${name#*.}
  if [[ $kind == slow ]]; then ((slow)) || continue; else ((slow)) && [[ $kind != run ]] && continue; fi
  blocks=$((blocks + 1))
  case $kind in
    setup) continue ;;
    run | slow)
      say "$line" run && cat "$block"
      run_block "$block" || { say "$line" FAILED && failed=1; break; }
      ;;
    fails)
      say "$line" "has to fail" && cat "$block"
      if run_block "$block"; then say "$line" "FAILED: it did not fail" && failed=1; fi
      ;;
    needs_*)
      if ! there_is "${kind#needs_}"; then say "$line" "SKIPPED: no ${kind#needs_} here" && continue; fi
      say "$line" run && cat "$block"
      run_block "$block" || { say "$line" FAILED && failed=1; break; }
      ;;
    hardware)
      say "$line" "has to be understood" && cat "$block"
      check_understood "$block" || { say "$line" "FAILED: not understood" && failed=1; }
      ;;
    *) say "$line" "unknown kind of block: $kind" && failed=1 ;;
  esac
done
echo "$blocks blocks"
exit $failed
