#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Remakes a bundled model from its seeds: corpus, tokenizer, checkpoint, images.
#   models/recipe/rebuild.sh [BUILD_DIR] [OUT_DIR] [tales27k|tales260k ...]
# Corpus and tokenizer come out byte for byte; so does the model on a processor with the same vector
# width, elsewhere it is another model of the same quality. Both together take less than 30 minutes on two
# cores. A run that was interrupted goes on where it stopped; delete OUT_DIR to begin anew.
set -euo pipefail
recipe=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${1:-$recipe/../../build}
out=${2:-rebuilt}
shift $(($# < 2 ? $# : 2))
(($#)) || set -- tales27k tales260k

[[ -x $build/tales && -x $build/mcullm ]] || {
  echo "rebuild.sh: no tales and mcullm in $build; ./dev build makes them" >&2
  exit 2
}

# corpus GRAMMAR STORIES SEED FILE
corpus() { "$build/tales" "$recipe/$1.grammar" "$2" "$3" >"$out/$4"; }

# train CORPUS CHECKPOINT OPTIONS...: nothing to do when the checkpoint is there
train() {
  local text=$out/$1 checkpoint=$out/$2
  shift 2
  [[ -e $checkpoint ]] || "$build/mcullm" train "$text" -o "$checkpoint" --seed 1 --qat w4 --resume "$@"
}

tales27k() {
  corpus tales27k 100000 1 tales27k.txt
  train tales27k.txt tales27k.bin --tokenizer-out "$out/tales27k.tok.bin" \
    --shape 32,64,2,4,2,256,128 --steps 80000 --threads 2
}

tales260k() {
  corpus tales260k 150000 1 tales260k.txt
  train tales260k.txt tales260k.bin --tokenizer-out "$out/tales260k.tok.bin" \
    --shape 64,172,5,2,1,512,320 --steps 40000 --threads 2
}

mkdir -p "$out"
for model in "$@"; do
  "$model"
  "$build/mcullm" -q convert "$out/$model.bin" --tokenizer "$out/$model.tok.bin" -o "$out/$model.float.mcm"
  "$build/mcullm" -q quantize "$out/$model.float.mcm" --kv k8v8 -o "$out/$model.mcm" >"$out/$model.report"
  "$build/mcullm" -q quantize "$out/$model.float.mcm" --kv k8v8 --weights w4 -o "$out/$model.w4.mcm" >"$out/$model.report"
  (cd "$out" && sha256sum "$model.txt" "$model.tok.bin" "$model.bin" "$model.mcm" "$model.w4.mcm")
done
