#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_documents.sh DOCUMENT...: every block says what it is, every link leads to a file, and where commands are
# tested there are none besides.
set -euo pipefail
failed=0
for document in "$@"; do
  awk -v document="$document" '
    /^```/ {
      if (inside) { inside = 0; next }
      inside = 1
      if ($0 !~ /^```(sh|text|c|cpp|cmake|json|toml|yaml|ld|console)( |$)/) { printf "%s:%d: a block without a known language: %s\n", document, NR, $0; bad = 1 }
    }
    END { if (inside) { printf "%s: a block does not end\n", document; bad = 1 } exit bad }' "$document" || failed=1
  if grep -q '^```sh' "$document" && grep -nE '^    (build/|\./dev|mcullm |cmake |ctest )' "$document"; then
    echo "$document: commands that no test runs: put them into a block of \`\`\`sh" && failed=1
  fi
  while IFS= read -r link; do
    [[ $link == http* || $link == \#* || $link == mailto:* ]] && continue
    target=$(dirname "$document")/${link%%#*}
    [[ -e $target ]] || { echo "$document: a link to $link, which is not there" && failed=1; }
  done < <(grep -oE '\]\([^) ]+\)' "$document" | sed -E 's/^\]\(//; s/\)$//' || true)
done
exit $failed
