// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "train/corpus.hpp"

using namespace mcullm::train;
using Catch::Matchers::Contains;
using Stories = std::vector<std::string>;

namespace {

auto parse(std::string_view text) { return parse_corpus(std::as_bytes(std::span(text)), "c.txt"); }

}  // namespace

TEST_CASE("corpus: blank lines separate stories", "[train][corpus]") {
  REQUIRE(parse("\n one.\ntwo.\n\n\n  \nthree.\r\n")->stories == Stories{"one.\ntwo.", "three."});
}

TEST_CASE("corpus: where markers stand, blank lines belong to the story", "[train][corpus]") {
  REQUIRE(parse("one.\n\ntwo.\n<|endoftext|>\nthree.")->stories == Stories{"one.\n\ntwo.", "three."});
}

TEST_CASE("corpus: a text without a story is refused", "[train][corpus]") {
  const auto* text = GENERATE("", "\n\n  \n", "<|endoftext|>\n<|endoftext|>");
  const auto parsed = parse(text);
  REQUIRE(!parsed);
  REQUIRE_THAT(parsed.error().what, Contains("c.txt: no story"));
}

TEST_CASE("corpus: a binary file is refused", "[train][corpus]") {
  const auto parsed = parse(std::string_view("ab\0c", 4));
  REQUIRE(!parsed);
  REQUIRE_THAT(parsed.error().what, Contains("byte 2 is zero"));
}
