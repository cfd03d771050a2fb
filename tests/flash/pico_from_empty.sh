#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# From an empty simulated Pico to a verified chat: agent and model as one UF2 file on the volume of the boot loader.
#   pico_from_empty.sh MCULLM MODEL.mcm
set -euo pipefail
mcullm=$1 model=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! command -v node > /dev/null || [[ ! -f $(dirname "$mcullm")/agent-rp2040.uf2 ]]; then
  echo "SKIPPED: sim:pico needs node and the agent of the RP2040"
  exit 0
fi

# what the boot ROM of an RP2040 shows while BOOTSEL is held
mkdir "$folder/RPI-RP2"
printf 'UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n' > "$folder/RPI-RP2/INFO_UF2.TXT"
board="sim:pico,uf2=$folder/RPI-RP2/mcullm.uf2,store=$folder/flash"

set -x
"$mcullm" flash --board pico --volume "$folder/RPI-RP2" --dry-run "$model"
"$mcullm" flash --board pico --volume "$folder/RPI-RP2" --port "$board" "$model" | tee "$folder/flashed"
"$mcullm" chat --port "$board" "$model" -p "Once upon a time" -n 12 --seed 1 2> "$folder/talk"
{ set +x; } 2> /dev/null
cat "$folder/talk"

# the model came with the UF2 file: nothing was sent over the line, and every number was checked
grep -q "the board runs this model already" "$folder/flashed"
grep -qE 'verified ([0-9]+)/\1' "$folder/talk"
