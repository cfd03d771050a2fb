// SPDX-License-Identifier: MIT
#include "cli/completion/scripts.hpp"

#include <array>

namespace mcullm::cli {
namespace {

// bash breaks words at ':' and '=', and completes what is behind the last of them.
constexpr auto bash =
    R"sh(# bash completion for mcullm: source it, or put it into ~/.local/share/bash-completion/completions/mcullm
_mcullm() {
  local line=${COMP_LINE:0:COMP_POINT} reply word current extension
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=${words[${#words[@]} - 1]}
  COMPREPLY=()
  while IFS= read -r reply; do
    word=${reply%%$'\t'*}
    if [[ $reply == :files* ]]; then
      compopt -o filenames 2>/dev/null
      extension=${reply#:files}
      word=${current##*[:=]}
      if [[ -n $extension ]]; then
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X "!*.$extension" -- "$word"; compgen -d -- "$word")
      else
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")
      fi
    else
      COMPREPLY+=("${word#"${current%"${current##*[:=]}"}"}")
    fi
  done < <("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null)
}
complete -F _mcullm mcullm
)sh";

constexpr auto zsh = R"sh(#compdef mcullm
# zsh completion for mcullm: put it as _mcullm into a folder of $fpath
_mcullm() {
  local reply word extension quoted='\:'  # a colon ends a word for _describe
  local -a found
  for reply in "${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $reply == :files* ]]; then
      extension=${reply#:files}
      if [[ -n $extension ]]; then _files -g "*.$extension"; else _files; fi
    elif [[ -n $reply ]]; then
      word=${reply%%$'\t'*}
      found+=("${word//:/$quoted}:${reply#*$'\t'}")
    fi
  done
  if (( ${#found} )); then _describe mcullm found; fi
}
if [[ $funcstack[1] == _mcullm ]]; then _mcullm "$@"; else compdef _mcullm mcullm; fi
)sh";

constexpr auto fish = R"sh(# fish completion for mcullm: put it into ~/.config/fish/completions/mcullm.fish
function __mcullm_complete
    set -l words (commandline -opc) (commandline -ct)
    for reply in ($words[1] __complete -- $words[2..-1] 2>/dev/null)
        if string match -q ':files*' -- $reply
            set -l extension (string replace ':files' '' -- $reply)
            if test -n "$extension"
                __fish_complete_suffix .$extension
            else
                __fish_complete_path (commandline -ct)
            end
        else
            echo $reply
        end
    end
end
complete -c mcullm -f -a '(__mcullm_complete)'
)sh";

constexpr std::array scripts = {CompletionScript{"bash", bash}, CompletionScript{"zsh", zsh},
                                CompletionScript{"fish", fish}};

}  // namespace

auto completion_scripts() -> std::span<const CompletionScript> { return scripts; }

}  // namespace mcullm::cli
