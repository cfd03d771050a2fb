#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What `mcullm train` tells a person: a text learned by heart, a run that goes on from a model, refusals.
#   train_command.sh MCULLM
set -euo pipefail
mcullm=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# refused CODE TEXT ARGUMENTS...: train must end with CODE and say TEXT
refused() {
  local code=$1 text=$2 found=0
  shift 2
  "$mcullm" train "$@" >out 2>err || found=$?
  [[ $found == "$code" ]] || fail "exit code $found instead of $code: $*"
  grep -qF -- "$text" err || fail "no '$text' in: $(cat err)"
}

words=(moon river hat boat tree lamp stone bird cloud bread)
for i in $(seq 30); do
  printf 'Tom %s saw a %s and %s. He gave %s to the %s.\n\n' "$i" "${words[i * 7 % 10]}" $((i * 37 % 89)) \
    $((i * 53 % 97)) "${words[i * 3 % 10]}"
done >short.txt
: >empty.txt
shape=(--shape 32,64,2,4,2,150,64)
tokens=(--tokenizer-out t.bin)

"$mcullm" train short.txt -o heart.bin "${tokens[@]}" "${shape[@]}" --steps 600 --threads 1 --json >heart.json 2>heart.txt
grep -q "learned the text by heart. The weights of step .* are kept; a longer text helps, and a little also --steps" heart.txt || fail "no warning: $(cat heart.txt)"
grep -q '"parameters": ' heart.json || fail "$(cat heart.json)"
grep -q '"kept_step": [1-9]' heart.json || fail "$(cat heart.json)"
"$mcullm" train short.txt -o more.bin --tokenizer t.bin --from heart.bin --steps 20 --report-every 20 --threads 1 \
  2>more.txt
! cmp -s heart.bin more.bin || fail "nothing was learned"
grep -q "learned the text" more.txt && fail "a warning without a reason"

refused 3 "no story in 0 bytes" empty.txt -o x.bin "${tokens[@]}" "${shape[@]}"
refused 2 "3 heads do not divide dim 32" short.txt -o x.bin "${tokens[@]}" --shape 32,64,2,3,1,150,64
refused 2 "there is one for uno, pico" short.txt -o x.bin "${tokens[@]}" --board native
refused 3 "the corpus supports" short.txt -o x.bin "${tokens[@]}" --shape 32,64,2,4,2,4000,64
refused 2 "--from requires --tokenizer" short.txt -o x.bin "${tokens[@]}" --from heart.bin
refused 2 "was given" short.txt -o x.bin "${tokens[@]}"
refused 3 "x.missing" short.txt -o x.bin --tokenizer t.bin --from x.missing
