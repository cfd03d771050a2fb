// SPDX-License-Identifier: MIT
// What a stream can show: whether a person watches it, in colour or not, and how wide it is.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace mcullm::ui {

struct Terminal {
  bool interactive = false;  // a TTY that can move its cursor
  bool colour = false;
  int width = 80;  // columns
};

// What decides about colour, apart from the stream itself.
struct ColourWishes {
  bool no_color_flag = false;
  std::optional<std::string> no_color_variable;  // NO_COLOR; any text but the empty one counts
  std::optional<std::string> term_variable;      // TERM
};

auto colour_wanted(bool is_tty, const ColourWishes& wishes) -> bool;

// The terminal behind `stream`, by the rules above and the environment.
auto inspect_terminal(std::FILE* stream, bool no_color_flag) -> Terminal;

enum class Colour { bold, dim, red, green, yellow, cyan };

// Wraps text in the escapes of a colour where colours are on, and leaves it alone elsewhere.
struct Palette {
  bool on = false;
  auto operator()(Colour colour, std::string_view text) const -> std::string;
};

}  // namespace mcullm::ui
