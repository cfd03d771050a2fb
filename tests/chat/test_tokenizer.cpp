// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <chrono>
#include <random>

#include "chat/tokenizer.hpp"
#include "vocabularies.hpp"

using mcullm::chat::Tokenizer;
using mcullm::image::Token;
using mcullm::test::bos;
using mcullm::test::vocabulary;

namespace {

constexpr int first = 259;  // id of the first piece after the bytes

// run.c's loop as it stands: look at every pair, merge the best, begin again
auto merged_slowly(const std::vector<Token>& tokens, std::vector<int> ids) -> std::vector<int> {
  const auto text = [&](int id) { return tokens[static_cast<std::size_t>(id)].text; };
  for (;;) {
    int best_rank = -1, best_id = -1;
    std::size_t best_at = 0;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      for (std::size_t id = 0; id < tokens.size(); ++id) {
        if (tokens[id].text != text(ids[i]) + text(ids[i + 1]) || tokens[id].rank <= best_rank) continue;
        best_rank = tokens[id].rank;
        best_id = static_cast<int>(id);
        best_at = i;
      }
    }
    if (best_id < 0) return ids;
    ids[best_at] = best_id;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(best_at) + 1);
  }
}

}  // namespace

TEST_CASE("tokenizer: the pair with the greatest rank merges first, the leftmost among equals", "[chat]") {
  auto tokens = vocabulary({" ", "a", "b", "c", "ab", "bc", "aa", "aaa"});
  SECTION("rank beats position") {
    const Tokenizer tokenizer(tokens, bos);
    CHECK(tokenizer.encode_continuation("abc") == std::vector{first + 1, first + 5});  // a, bc
  }
  SECTION("equals go by position") {
    tokens[first + 4].rank = tokens[first + 5].rank;
    const Tokenizer tokenizer(tokens, bos);
    CHECK(tokenizer.encode_continuation("abc") == std::vector{first + 4, first + 3});  // ab, c
  }
  SECTION("a merge opens the way for the next") {
    const Tokenizer tokenizer(tokens, bos);
    CHECK(tokenizer.encode_continuation("aaaa") == std::vector{first + 7, first + 1});  // aaa, a
  }
}

TEST_CASE("tokenizer: merging equals the loop that looks at every pair each time", "[chat]") {
  std::mt19937 random(7);
  const auto number = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> pieces = {" ", "a", "b", "c"};
    for (int i = 0; i < 12; ++i) {
      std::string piece;
      for (unsigned n = 2 + number(3); n > 0; --n) piece += "abc "[number(4)];
      if (std::find(pieces.begin(), pieces.end(), piece) == pieces.end()) pieces.push_back(piece);
    }
    auto tokens = vocabulary(pieces);
    for (auto& token : tokens) token.rank = static_cast<std::uint16_t>(number(6));  // many equals
    std::string text;
    for (unsigned n = number(40); n > 0; --n) text += "abc "[number(4)];
    std::vector<int> symbols;
    for (const char c : text) symbols.push_back(first + (c == ' ' ? 0 : c - 'a' + 1));
    CAPTURE(round, text);
    REQUIRE(Tokenizer(tokens, bos).encode_continuation(text) == merged_slowly(tokens, symbols));
  }
}

TEST_CASE("tokenizer: a text comes back after encoding and decoding", "[chat]") {
  const Tokenizer tokenizer(vocabulary({" ", "a", "é", " a", "th", "the"}), bos);
  const auto* const text = GENERATE("a the a", "", " two  spaces ", "naïve é 日本語 🦆",
                                    "line\nline\t", "\xff\x80\xc3 broken");
  CAPTURE(text);
  CHECK(tokenizer.decode(tokenizer.encode_prompt(text)) == text);
}

TEST_CASE("tokenizer: every byte survives, zero included", "[chat]") {
  std::string text;
  for (int b = 0; b < 256; ++b) text += static_cast<char>(b);
  const Tokenizer tokenizer(vocabulary({" "}), bos);
  CHECK(tokenizer.decode(tokenizer.encode_prompt(text)) == text);
}

TEST_CASE("tokenizer: a prompt is bos, a space, the text; an empty one is bos alone", "[chat]") {
  const Tokenizer tokenizer(vocabulary({" ", "a"}), bos);
  CHECK(tokenizer.encode_prompt("a") == std::vector{bos, first, first + 1});
  CHECK(tokenizer.encode_prompt("") == std::vector{bos});
  CHECK(tokenizer.encode("").empty());
}

TEST_CASE("tokenizer: a character is one piece or its bytes, at most four continuation bytes together",
          "[chat]") {
  const Tokenizer tokenizer(vocabulary({"é"}), bos);
  CHECK(tokenizer.encode_continuation("é") == std::vector{first});
  CHECK(tokenizer.encode_continuation("ü") == std::vector{3 + 0xC3, 3 + 0xBC});
  CHECK(tokenizer.encode_continuation("\x80\x80\x80\x80\x80").size() == 5);
}

TEST_CASE("tokenizer: what a small vocabulary cannot spell is the unknown token", "[chat]") {
  const Tokenizer ascii(vocabulary({}, 128), bos);
  CHECK(ascii.encode_continuation("A") == std::vector{3 + 'A'});
  CHECK(ascii.encode_continuation("é") == std::vector{0, 0});
  const Tokenizer none(vocabulary({}, 0), bos);
  CHECK(none.encode("ab") == std::vector{0, 0, 0});
}

TEST_CASE("tokenizer: tells what it cannot spell, each character once", "[chat]") {
  const Tokenizer ascii(vocabulary({"ü"}, 128), bos);
  CHECK(ascii.unknown_characters("A \n ü").empty());
  CHECK(ascii.unknown_characters("é, A, é, \xFF, 🐞") == std::vector<std::string>{"é", "\xFF", "🐞"});
  CHECK(Tokenizer(vocabulary({}), bos).unknown_characters("é\xFF🐞").empty());
}

TEST_CASE("tokenizer: one leading space goes after bos and stays elsewhere", "[chat]") {
  const Tokenizer tokenizer(vocabulary({" the", "  "}), bos);
  CHECK(tokenizer.piece(bos, first) == "the");
  CHECK(tokenizer.piece(first, first) == " the");
  CHECK(tokenizer.piece(bos, first + 1) == " ");
}

TEST_CASE("tokenizer: byte pieces are bytes, and look-alikes are text", "[chat]") {
  const Tokenizer tokenizer(vocabulary({"<0x4>", "<0xZZ>", "<0x41> ", "<0x-2>", "<0x+2>", "<0x 2>"}), bos);
  CHECK(tokenizer.piece(0, 3 + 0x0A) == "\n");
  CHECK(tokenizer.piece(0, 3).size() == 1);
  for (int id = first; id < tokenizer.vocab_size(); ++id) CHECK(tokenizer.piece(0, id).starts_with("<0x"));
}

TEST_CASE("tokenizer: tokens outside the vocabulary have no text", "[chat]") {
  const Tokenizer tokenizer(vocabulary({"a"}), bos);
  CHECK(tokenizer.piece(0, -1).empty());
  CHECK(tokenizer.piece(0, tokenizer.vocab_size()).empty());
}

TEST_CASE("tokenizer: a quarter of a megabyte is encoded in seconds, not minutes", "[chat]") {
  std::string text;
  while (text.size() < 256 * 1024) text += "aaab abba bab ";
  const Tokenizer tokenizer(vocabulary({" ", "a", "b", "ab", "ba", "aa", " a", " ab", "abba"}), bos);
  const auto started = std::chrono::steady_clock::now();
  const auto tokens = tokenizer.encode_prompt(text);
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(5));
  CHECK(tokenizer.decode(tokens) == text);
}
