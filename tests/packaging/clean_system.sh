#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: clean_system.sh PACKAGE.deb [PORT...]     as root, with debootstrap
# Makes a fresh Debian 12 in a folder, installs the package there with what it depends on, and lets it chat with
# the simulated boards (default: sim:native), as a user who has no home. The mirror is that of MIRROR, or debootstrap's own.
set -euo pipefail
package=$(realpath "$1")
shift
ports=("${@:-sim:native}")
folder=$(mktemp -d)
chmod 755 "$folder"  # it becomes the root of other users
trap 'umount "$folder/proc" "$folder/dev/pts" 2>/dev/null || true; rm -rf --one-file-system "$folder"' EXIT

seconds() { date +%s; }
start=$(seconds)
debootstrap --variant=minbase bookworm "$folder" ${MIRROR:+"$MIRROR"} >"$folder.log" 2>&1 || { tail "$folder.log"; exit 1; }
rm "$folder.log"
echo "Debian $(cat "$folder/etc/debian_version") made in $(($(seconds) - start)) s"
# as this computer reaches the network
for file in /etc/resolv.conf /etc/hosts; do [[ -f $file ]] && cp -L "$file" "$folder$file"; done
[[ -d /etc/apt/apt.conf.d ]] && find /etc/apt/apt.conf.d -name '*proxy*' -exec cp {} "$folder/etc/apt/apt.conf.d/" \;
mount -t proc proc "$folder/proc"
mount -t devpts devpts "$folder/dev/pts" -o newinstance,ptmxmode=0666 2>/dev/null || true

cp "$package" "$folder/tmp/mcullm.deb"
inside() { chroot "$folder" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
start=$(seconds)
inside apt-get -q update >/dev/null
# native and uno run with what the package depends on; the others need an emulator that it recommends
recommends=--no-install-recommends
for port in "${ports[@]}"; do
  [[ $port == sim:native || $port == sim:uno ]] || recommends=--install-recommends
done
inside apt-get -qy install "$recommends" /tmp/mcullm.deb 2>&1 | grep -E '^(Need|After|Setting up mcullm)|newly installed' || true
echo "installed in $(($(seconds) - start)) s"

as_nobody() { chroot --userspec=65534:65534 "$folder" env -i PATH=/usr/bin:/bin "$@"; }
as_nobody mcullm --version
for port in "${ports[@]}"; do
  as_nobody mcullm chat --port "$port" -p "Once upon a time" -n 30 --seed 1
done
as_nobody mcullm doctor | head -20 || true
