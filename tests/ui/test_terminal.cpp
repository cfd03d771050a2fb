// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "ui/terminal.hpp"

using namespace mcullm::ui;

TEST_CASE("terminal: colour needs a terminal that has it, and nobody against it", "[ui]") {
  const ColourWishes plain{
      .no_color_flag = false, .no_color_variable = std::nullopt, .term_variable = "xterm"};
  CHECK(colour_wanted(true, plain));
  CHECK_FALSE(colour_wanted(false, plain));
  ColourWishes wishes = plain;
  SECTION("--no-color") { wishes.no_color_flag = true; }
  SECTION("NO_COLOR") { wishes.no_color_variable.emplace("1"); }
  SECTION("TERM=dumb") { wishes.term_variable.emplace("dumb"); }
  SECTION("no TERM") { wishes.term_variable = std::nullopt; }
  CHECK_FALSE(colour_wanted(true, wishes));
}

TEST_CASE("terminal: an empty NO_COLOR is none", "[ui]") {
  CHECK(colour_wanted(true, {.no_color_flag = false, .no_color_variable = "", .term_variable = "xterm"}));
}

TEST_CASE("terminal: a palette that is off leaves text alone", "[ui]") {
  CHECK(Palette{false}(Colour::red, "x") == "x");
  CHECK(Palette{true}(Colour::red, "x") == "\033[31mx\033[0m");
}
