// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "ui/fit.hpp"

using mcullm::ui::fit_to_width;

TEST_CASE("fit: a text that fits stays as it is", "[ui]") {
  const std::string text =
      "What it is\nUsage: x [OPTIONS]\n\nOptions:\n  -h          help\n\nExamples:\n  x a   b\n";
  CHECK(fit_to_width(text, 40) == text);
  CHECK(fit_to_width("no end of line", 40) == "no end of line\n");
}

TEST_CASE("fit: paragraphs flow anew, and end at a blank line, an indented one and the usage", "[ui]") {
  CHECK(fit_to_width("one two three four five\nsix\n\nseven\n", 20) ==
        "one two three four\nfive six\n\nseven\n");
  CHECK(fit_to_width("one two three four five six\nUsage: x\n", 20) ==
        "one two three four\nfive six\nUsage: x\n");
}

TEST_CASE("fit: a second column goes on below itself", "[ui]") {
  CHECK(fit_to_width("  --port P    where the board is found\n", 28) ==
        "  --port P    where the\n              board is found\n");
}

TEST_CASE("fit: an explanation that began far to the right goes below its example", "[ui]") {
  CHECK(fit_to_width("  mcullm chat --port sim:uno   on an Uno\n", 30) ==
        "  mcullm chat --port sim:uno\n      on an Uno\n");
  CHECK(fit_to_width("  mcullm chat --port /dev/ttyACM0 stories.mcm\n", 30) ==
        "  mcullm chat --port\n      /dev/ttyACM0 stories.mcm\n");
}

TEST_CASE("fit: a word that is too long stays whole", "[ui]") {
  CHECK(fit_to_width("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b\n", 20) == "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nb\n");
}
