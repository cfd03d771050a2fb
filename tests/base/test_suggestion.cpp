// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "base/suggestion.hpp"

using namespace mcullm;

TEST_CASE("suggestion: the distance counts insertions, deletions, substitutions and swaps", "[base]") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("chat", "chat") == 0);
  CHECK(edit_distance("hcat", "chat") == 1);
  CHECK(edit_distance("quantise", "quantize") == 1);
  CHECK(edit_distance("flsh", "flash") == 1);
}

TEST_CASE("suggestion: the nearest command is meant, a distant one is not", "[base]") {
  const std::vector<std::string> commands = {"chat", "convert", "quantize", "validate", "flash"};
  CHECK(nearest("chta", commands) == "chat");
  CHECK(nearest("quantise", commands) == "quantize");
  CHECK(nearest("valdiate", commands) == "validate");
  CHECK_FALSE(nearest("zzz", commands));
  CHECK_FALSE(nearest("", {}));
}
