#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_documents.sh DOCUMENT...: every block says what it is, and every link leads to a file.
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
  while IFS= read -r link; do
    [[ $link == http* || $link == \#* || $link == mailto:* ]] && continue
    target=$(dirname "$document")/${link%%#*}
    [[ -e $target ]] || { echo "$document: a link to $link, which is not there" && failed=1; }
  done < <(grep -oE '\]\([^) ]+\)' "$document" | sed -E 's/^\]\(//; s/\)$//' || true)
done
exit $failed
