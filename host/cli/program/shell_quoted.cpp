// SPDX-License-Identifier: MIT
#include "cli/program/shell_quoted.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace mcullm::cli {
namespace {

auto is_control(char c) -> bool { return (c >= 0 && c < ' ') || c == 127; }

}  // namespace

auto shell_quoted(const std::string& word) -> std::string {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  // a recording of anybody must not move the cursor: control characters become what bash reads in $'...'
  const bool controls = std::ranges::any_of(word, is_control);
  std::string text = controls ? "$'" : "'";
  for (const char c : word) {
    if (is_control(c)) {
      fmt::format_to(std::back_inserter(text), "\\x{:02x}", c);
    } else if (c == '\'') {
      text += controls ? "\\'" : "'\\''";
    } else {
      if (controls && c == '\\') text += '\\';
      text += c;
    }
  }
  text += '\'';
  return text;
}

}  // namespace mcullm::cli
