#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Remakes a bundled model from its seed: corpus, tokenizer, checkpoint.
#   models/recipe/rebuild.sh [BUILD_DIR] [OUT_DIR] [tales27k|tales260k ...]
# Corpus and tokenizer come out byte for byte; so does the model on a processor with the same vector
# width, elsewhere it is another model of the same quality. Both together take less than 30 minutes on two
# cores. A run that was interrupted goes on where it stopped.
set -euo pipefail
recipe=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${1:-$recipe/../../build}
out=${2:-rebuilt}
shift $(($# < 2 ? $# : 2))
(($#)) || set -- tales27k tales260k

declare -A stories=([tales27k]=100000 [tales260k]=150000)
declare -A shape=([tales27k]=32,64,2,4,2,256,128 [tales260k]=64,172,5,2,1,512,320)
declare -A steps=([tales27k]=80000 [tales260k]=40000)

[[ -x $build/tales && -x $build/mcullm ]] || {
  echo "rebuild.sh: no tales and mcullm in $build; ./dev build makes them" >&2
  exit 2
}
mkdir -p "$out"
for model in "$@"; do
  "$build/tales" "$recipe/$model.grammar" "${stories[$model]}" 1 >"$out/$model.txt"
  "$build/mcullm" train "$out/$model.txt" -o "$out/$model.bin" --tokenizer-out "$out/$model.tok.bin" \
    --shape "${shape[$model]}" --steps "${steps[$model]}" --seed 1 --threads 2 --qat w4 --resume
  sha256sum "$out/$model.txt" "$out/$model.tok.bin" "$out/$model.bin"
done
