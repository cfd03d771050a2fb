#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: installed_tree.sh CMAKE BUILD_FOLDER
# Installs into a folder, and uses the tool from there: no home, no build folder, nothing of this environment.
set -euo pipefail
cmake=$1 build=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
DESTDIR=$folder/root "$cmake" --install "$build" --prefix /usr >"$folder/log" || { cat "$folder/log"; exit 1; }
# moved: a path of the build that was written into a file would lead nowhere
mv "$folder/root/usr" "$folder/elsewhere"
cd /

fail() { echo "FAILED: $*"; exit 1; }
mcullm() { env -i PATH=/usr/bin:/bin "$folder/elsewhere/bin/mcullm" "$@"; }

for file in share/man/man1/mcullm.1 share/bash-completion/completions/mcullm share/zsh/vendor-completions/_mcullm \
  share/fish/vendor_completions.d/mcullm.fish lib/udev/rules.d/60-mcullm.rules share/mcullm/boards.toml \
  share/mcullm/models/tales260k.mcm libexec/mcullm/mcullm-agent-posix libexec/mcullm/mcullm-agent-posix.build \
  share/doc/mcullm/copyright; do
  [[ -s $folder/elsewhere/$file ]] || fail "$file is not installed"
done
leaked=$(grep -rlF "$build" "$folder/elsewhere" --include='*.1' --include='*.rules' --include='*.toml' || true)
[[ -z $leaked ]] || fail "the build folder is named in $leaked"

story=$(mcullm chat --port sim:native -p "Once upon a time" -n 20 --seed 1 2>"$folder/talk") || fail "$(cat "$folder/talk")"
[[ $story == "Once upon a time"* ]] || fail "no story: $story"
grep -q "verified 2[0-9]/2[0-9]" "$folder/talk" || fail "not verified: $(cat "$folder/talk")"
mcullm list >/dev/null || fail "list"
mcullm doctor --port sim:native >"$folder/doctor" || fail "doctor: $(cat "$folder/doctor")"
grep -q "the agent is the one of this tool" "$folder/doctor" || fail "doctor: $(cat "$folder/doctor")"
echo "installed $(grep -c Installing "$folder/log") files; chat and doctor work from there"
