// SPDX-License-Identifier: MIT
// The example of IMAGE.md section 6, computed by a second implementation in another language.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "chat/tokenizer.hpp"

namespace mcullm::chat {
namespace {

// The one block of JSON in the document.
auto example() -> nlohmann::json {
  std::ifstream document(MCULLM_SOURCE_DIR "/proto/IMAGE.md");
  std::string block;
  bool inside = false;
  for (std::string line; std::getline(document, line);) {
    if (line.starts_with("```"))
      inside = line == "```json";
    else if (inside)
      block += line + "\n";
  }
  return nlohmann::json::parse(block);
}

TEST_CASE("tokenizer: texts and tokens of the document's example", "[chat][document]") {
  const auto document = example();
  std::vector<image::Token> pieces;
  for (const auto& piece : document.at("pieces")) pieces.push_back({piece[0], piece[1]});
  const Tokenizer tokenizer(pieces, 1);
  REQUIRE(document.at("tokens").size() == 7);
  for (const auto& [text, tokens] : document.at("tokens").items()) {
    CAPTURE(text);
    CHECK(tokenizer.encode(text) == tokens.get<std::vector<int>>());
  }
  REQUIRE(document.at("text").size() == 3);
  for (const auto& [tokens, text] :
       document.at("text").get<std::vector<std::pair<std::vector<int>, std::string>>>())
    CHECK(tokenizer.decode(tokens) == text);
}

}  // namespace
}  // namespace mcullm::chat
