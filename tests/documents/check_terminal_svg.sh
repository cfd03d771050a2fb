#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_terminal_svg.sh BUILD: the picture of the README is still what a terminal shows, but for times.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
words() { sed -E 's/<style>.*//; s/<[^>]*>//g; s/[0-9][0-9.,]* (tok\/s|s|ns)/~/g; s/ +/ /g; s/ +$//' "$1" | grep -v '^ *$'; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
command -v script > /dev/null || { echo "SKIPPED: no script(1) here" && exit 0; }
"$here/make_terminal_svg.sh" "$1" > "$scratch/now.svg"
words "$here/../../.github/terminal.svg" > "$scratch/picture"
words "$scratch/now.svg" > "$scratch/now"
diff -u "$scratch/picture" "$scratch/now" || {
  echo "make it again: tests/documents/make_terminal_svg.sh build > .github/terminal.svg"
  exit 1
}
