#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Kills a training run at three moments; resumed, it must end in the bytes of an undisturbed run.
#   resume_after_kill.sh MCULLM
set -euo pipefail
mcullm=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

for i in $(seq 400); do
  printf 'Tom %s had a thing %s. He gave it to friend %s. The end.\n\n' $((i * 7 % 5)) $((i * 11 % 7)) $((i * 3 % 4))
done >corpus.txt
options=(corpus.txt --shape 32,64,2,4,2,160,64 --steps 6000 --report-every 20 --threads 2 --seed 3 --qat w4)
whole=("${options[@]}" -o whole.bin --tokenizer-out whole.tok.bin)
parts=("${options[@]}" -o parts.bin --tokenizer-out parts.tok.bin --resume)

"$mcullm" -q train "${whole[@]}"
killed=0
for pause in 0.3 0.5 0.7; do
  "$mcullm" -q train "${parts[@]}" &
  sleep "$pause"
  kill -9 $! 2>/dev/null && killed=$((killed + 1))
  wait $! 2>/dev/null || true
done
"$mcullm" -q train "${parts[@]}"
echo "killed $killed times"
((killed > 0))
cmp whole.bin parts.bin
cmp whole.tok.bin parts.tok.bin
