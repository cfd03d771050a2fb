// SPDX-License-Identifier: MIT
#include "ui/terminal.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace mcullm::ui {
namespace {

auto variable(const char* name) -> std::optional<std::string> {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

auto columns_of(int descriptor) -> int {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

auto escape_of(Colour colour) -> int {
  switch (colour) {
    case Colour::bold:
      return 1;
    case Colour::dim:
      return 2;
    case Colour::red:
      return 31;
    case Colour::green:
      return 32;
    case Colour::yellow:
      return 33;
    case Colour::cyan:
      return 36;
  }
  return 0;
}

}  // namespace

auto colour_wanted(bool is_tty, const ColourWishes& wishes) -> bool {
  if (!is_tty || wishes.no_color_flag) return false;
  if (wishes.no_color_variable && !wishes.no_color_variable->empty()) return false;
  return wishes.term_variable && *wishes.term_variable != "dumb";
}

auto inspect_terminal(std::FILE* stream, bool no_color_flag) -> Terminal {
  const int descriptor = fileno(stream);
  const bool is_tty = isatty(descriptor) != 0;
  const ColourWishes wishes{no_color_flag, variable("NO_COLOR"), variable("TERM")};
  return {.interactive = is_tty && wishes.term_variable.value_or("dumb") != "dumb",
          .colour = colour_wanted(is_tty, wishes),
          .width = columns_of(descriptor)};
}

auto Palette::operator()(Colour colour, std::string_view text) const -> std::string {
  return on ? fmt::format("\033[{}m{}\033[0m", escape_of(colour), text) : std::string(text);
}

}  // namespace mcullm::ui
