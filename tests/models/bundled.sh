#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Checks the models in models/:  bundled.sh CHECK MODELS_DIR BUILD_DIR
#   sums     the files are those of SHA256SUMS, and every file of a model is named there
#   layout   checkpoint and tokenizer have the shape that models/README.md tells, by our own reader
#   images   convert and quantize make the shipped images again, byte for byte
#   quality  what the images lose against the floats, on stories that no training has seen
#   boards   256 tokens of each image on the native agent, every value equal
set -euo pipefail
check=$1 models=$2 build=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

declare -A shape=([tales260k]="5 64 172 2 1 512 320" [tales27k]="2 32 64 4 2 256 128")

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# number FILE KEY: the first number that is called KEY in JSON with one value a line
number() { sed -n "s/.*\"$2\": *\([-0-9][-0-9.e]*\).*/\1/p" "$1" | head -n 1; }

at_most() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a != "" && a <= b) }'; }

make_float() {
  "$build/mcullm" -q convert "$models/$1.bin" --tokenizer "$models/$1.tok.bin" -o "$dir/$1.float.mcm"
}

check_sums() {
  cd "$models"
  sha256sum -c SHA256SUMS
  for file in *.bin *.mcm; do
    grep -q "  $file\$" SHA256SUMS || fail "$file is not in SHA256SUMS"
  done
}

check_layout() {
  "$build/mcullm" info "$models/$1.bin" --tokenizer "$models/$1.tok.bin" --json >"$dir/info.json"
  cat "$dir/info.json"
  local found=""
  for key in n_layers dim hidden_dim n_heads n_kv_heads vocab_size context; do
    found+="$(number "$dir/info.json" "$key") "
  done
  [[ $found == "${shape[$1]} " ]] || fail "$1 has the shape $found, not ${shape[$1]}"
  grep -q '"shared_classifier": true' "$dir/info.json" || fail "$1 does not share its classifier"
}

check_images() {
  make_float "$1"
  "$build/mcullm" -q quantize "$dir/$1.float.mcm" --kv k8v8 -o "$dir/$1.mcm" >"$dir/report"
  "$build/mcullm" -q quantize "$dir/$1.float.mcm" --kv k8v8 --weights w4 -o "$dir/$1.w4.mcm" >"$dir/report"
  cmp "$dir/$1.mcm" "$models/$1.mcm"
  cmp "$dir/$1.w4.mcm" "$models/$1.w4.mcm"
}

check_quality() {
  make_float "$1"
  "$build/tales" "$models/recipe/$1.grammar" 64 1000001 >"$dir/$1.txt" 2>/dev/null
  for image in "$1" "$1.w4"; do
    "$build/mcullm" -q eval "$models/$image.mcm" --reference "$dir/$1.float.mcm" --text "$dir/$1.txt" \
      --tokens 4096 --json >"$dir/eval.json"
    cat "$dir/eval.json"
    at_most "$(number "$dir/eval.json" mean)" 0.001 || fail "$image: mean KL"
    local float integer
    float=$(number "$dir/eval.json" float)
    integer=$(number "$dir/eval.json" integer)
    at_most "$integer" "$(awk -v f="$float" 'BEGIN { print f * 1.005 }')" || fail "$image: perplexity"
  done
}

check_boards() {
  for image in "$1" "$1.w4"; do
    "$build/mcullm" validate --port sim:native "$models/$image.mcm" --tokens 256 | tee "$dir/report"
    grep -q " 0 differ" "$dir/report" || fail "$image: values differ"
  done
}

if [[ $check == sums ]]; then
  check_sums
  exit
fi
for model in tales27k tales260k; do
  "check_$check" "$model"
done
