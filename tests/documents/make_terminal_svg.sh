#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# make_terminal_svg.sh BUILD > .github/terminal.svg: what the README shows is what a terminal showed. Runs the commands in a
# terminal of 100 columns and draws what comes out, colours included.
set -euo pipefail
build=$(realpath "$1")
export PATH=$build:$PATH TERM=xterm-256color
unset NO_COLOR MCULLM_PORT
models=$build/models
commands=(
  'mcullm chat -p "Once upon a time" --seed 8 --port sim:native'
  'mcullm validate tales27k.mcm --port sim:native --tokens 64'
)

session() {
  cd "$models"
  for command in "${commands[@]}"; do
    printf '\033[1;32m$\033[0m \033[1m%s\033[0m\n' "$command"
    script -qec "stty cols 100 rows 40; $command" /dev/null < /dev/null
    echo
  done
}

# A progress bar overwrites itself: of a line, what stands behind its last carriage return. Then at most 100 columns.
session | tr -d '\004\b' | sed -E 's/\r+$//; s/.*\r//; s/\x1b\[[0-9]*[KGJA]//g; s/^\^D//' | awk '
  function escape(text) { gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text); return text }
  function style(code) {
    if (code == "" || code == "0" || code == "39" || code == "22") return "" 
    if (code ~ /^1;32$/) return "g b"
    if (code == "1") return "b"
    if (code == "2") return "d"
    if (code == "31") return "r"
    if (code == "32") return "g"
    if (code == "33") return "y"
    if (code == "36") return "c"
    return ""
  }
  # one row of the picture from the visible characters of text, class by class
  function flush_row() { rows[++n] = row; row = ""; column = 0 }
  function put(text, class,    piece, cut) {
    while (length(text) > 0) {
      if (column >= 100) flush_row()
      piece = text
      if (length(piece) > 100 - column) {
        piece = substr(text, 1, 100 - column)
        cut = match(piece, / [^ ]*$/)
        if (cut > 1) piece = substr(piece, 1, cut)
      }
      text = substr(text, length(piece) + 1)
      row = row (class == "" ? escape(piece) : "<tspan class=\"" class "\">" escape(piece) "</tspan>")
      column += length(piece)
      if (length(text) > 0) flush_row()
    }
  }
  {
    line = $0
    while (match(line, /\033\[[0-9;]*m/)) {
      put(substr(line, 1, RSTART - 1), class)
      class = style(substr(line, RSTART + 2, RLENGTH - 3))
      line = substr(line, RSTART + RLENGTH)
    }
    put(line, class)
    flush_row()
  }
  END {
    while (n > 0 && rows[n] == "") n--
    height = n * 19 + 62
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 %d\" font-family=\"ui-monospace,SFMono-Regular,Menlo,DejaVu Sans Mono,monospace\" font-size=\"14\">\n", height
    print "<style>text{fill:#d7dde5;white-space:pre}.b{font-weight:700}.d{fill:#8b95a3}.g{fill:#7cc98a}.r{fill:#ef7d78}.y{fill:#e5c07b}.c{fill:#6cc7d3}</style>"
    printf "<rect width=\"900\" height=\"%d\" rx=\"9\" fill=\"#171c24\"/>\n", height
    print "<circle cx=\"22\" cy=\"20\" r=\"6\" fill=\"#ef7d78\"/><circle cx=\"42\" cy=\"20\" r=\"6\" fill=\"#e5c07b\"/><circle cx=\"62\" cy=\"20\" r=\"6\" fill=\"#7cc98a\"/>"
    for (i = 1; i <= n; i++) if (rows[i] != "") printf "<text x=\"22\" y=\"%d\" xml:space=\"preserve\">%s</text>\n", i * 19 + 38, rows[i]
    print "</svg>"
  }'
