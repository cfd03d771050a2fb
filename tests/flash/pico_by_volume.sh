#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A simulated Pico that runs for itself and waits in its boot loader: its drive appears, takes a UF2 file, vanishes,
# and the board behind its port runs what it was given.
#   pico_by_volume.sh MCULLM MODEL.mcm
set -euo pipefail
mcullm=$1 model=$2
folder=$(mktemp -d)
if ! command -v node > /dev/null || [[ ! -f $(dirname "$mcullm")/agent-rp2040.uf2 ]]; then
  echo "SKIPPED: sim:pico needs node and the agent of the RP2040"
  exit 0
fi
drive="$folder/RPI-RP2"
"$mcullm" sim pico --empty --volume "$drive" > "$folder/port" &
board=$!
trap 'kill $board; wait $board || true; rm -rf "$folder"' EXIT
for _ in {1..600}; do
  [[ -s $folder/port && -f $drive/INFO_UF2.TXT ]] && break
  sleep 0.1
done
port=$(< "$folder/port")

set -x
"$mcullm" flash --board pico --volume "$drive" "$model"
{ set +x; } 2> /dev/null
for _ in {1..20}; do # it starts, on a computer that may be busy
  "$mcullm" info --port "$port" --json > "$folder/info" && break
done
cat "$folder/info"
[[ ! -e $drive/INFO_UF2.TXT ]]
grep -qE '"runs": ?true' "$folder/info"
grep -q '"weights, copied"' "$folder/info"
