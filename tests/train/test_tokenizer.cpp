// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "train/encoder.hpp"
#include "train/random.hpp"
#include "train/tokenizer_trainer.hpp"

using namespace mcullm::train;
using Catch::Matchers::Contains;
using mcullm::checkpoint::Vocabulary;

namespace {

auto small_corpus() -> Corpus {
  Corpus corpus;
  const char* names[] = {"Lily", "Tom", "the fox", "an owl", "Grandma"};
  const char* verbs[] = {"went", "sang", "was walking", "looked", "wanted to go"};
  const char* places[] = {"to the river.", "in the forest.", "near the garden!", "on the hill?"};
  for (const auto* name : names)
    for (const auto* verb : verbs)
      for (const auto* place : places)
        corpus.stories.push_back(std::string("\"Hello,\" said ").append(name) + ". Then " + name + " " +
                                 verb + " " + place);
  return corpus;
}

auto text_of(const Vocabulary& v, int id) -> std::string {
  return v.pieces[static_cast<std::size_t>(id)].text;
}

// run.c's encode: merges over the whole text, without a notion of words.
auto encode_whole(const Vocabulary& v, const std::string& text) -> std::vector<std::uint16_t> {
  std::vector<std::uint16_t> tokens{static_cast<std::uint16_t>(' ' + first_byte_token)};
  for (const char c : text)
    tokens.push_back(static_cast<std::uint16_t>(static_cast<unsigned char>(c) + first_byte_token));
  for (;;) {
    float best = -1e10F;
    std::size_t at = 0, id = 0;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      const auto merged = text_of(v, tokens[i]) + text_of(v, tokens[i + 1]);
      for (std::size_t piece = 0; piece < v.pieces.size(); ++piece)
        if (v.pieces[piece].text == merged && v.pieces[piece].score > best) {
          best = v.pieces[piece].score;
          at = i;
          id = piece;
        }
    }
    if (id == 0) return tokens;
    tokens[at] = static_cast<std::uint16_t>(id);
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

}  // namespace

TEST_CASE("tokenizer: the ids are llama2.c's", "[train][tokenizer]") {
  const int vocab = GENERATE(160, 300);
  const auto v = train_tokenizer(small_corpus(), vocab);
  REQUIRE(v);
  REQUIRE(v->pieces.size() == static_cast<std::size_t>(vocab));
  REQUIRE(text_of(*v, 0) == "<unk>");
  REQUIRE(text_of(*v, 1) == "\n<s>\n");
  REQUIRE(text_of(*v, 2) == "\n</s>\n");
  REQUIRE(text_of(*v, 3 + 'a') == "a");
  REQUIRE(text_of(*v, 3 + '\n') == "\n");
  REQUIRE(text_of(*v, 3 + 7) == "<0x07>");
  const int bytes = vocab < 259 ? 128 : 256;
  REQUIRE(v->pieces[static_cast<std::size_t>(3 + bytes)].score == 0.0F);
  for (std::size_t id = static_cast<std::size_t>(3 + bytes) + 1; id < v->pieces.size(); ++id)
    REQUIRE(v->pieces[id].score < v->pieces[id - 1].score);
}

TEST_CASE("tokenizer: the same text gives the same pieces", "[train][tokenizer]") {
  const auto a = train_tokenizer(small_corpus(), 300), b = train_tokenizer(small_corpus(), 300);
  for (std::size_t id = 0; id < 300; ++id) REQUIRE(a->pieces[id].text == b->pieces[id].text);
}

TEST_CASE("tokenizer: text survives encoding and decoding", "[train][tokenizer]") {
  const auto v = train_tokenizer(small_corpus(), 300);
  Encoder encoder(*v);
  const std::string text =
      GENERATE(as<std::string>(), "Then the fox sang.", "a", " two  spaces ", "line\nbreak\tand tab",
               "caf\xC3\xA9 \xE2\x82\xAC 42", "\x01\x02", "broken \xC3", "...!?\"\"");
  CAPTURE(text);
  REQUIRE(encoder.decode(encoder.encode(text)) == text);
}

TEST_CASE("tokenizer: encoding word by word gives the tokens of run.c", "[train][tokenizer]") {
  const auto v = train_tokenizer(small_corpus(), 200);
  Encoder encoder(*v);
  const std::string text = GENERATE(as<std::string>(), "\"Hello,\" said Grandma. Then Tom went to the river.",
                                    "the the  thethe, walking\"walking\" 12ab3?!", "  on the hill? hill.on");
  CAPTURE(text);
  REQUIRE(encoder.encode(text) == encode_whole(*v, text));
}

TEST_CASE("tokenizer: frequent characters beyond ASCII become pieces and merge", "[train][tokenizer]") {
  Corpus corpus;
  for (int i = 0; i < 50; ++i)
    corpus.stories.emplace_back("der B\xC3\xA4r kam sp\xC3\xA4t, der kleine B\xC3\xA4r");
  const auto v = train_tokenizer(corpus, 272);
  REQUIRE(v);
  REQUIRE(text_of(*v, 259) == "\xC3\xA4");
  Encoder encoder(*v);
  const auto tokens = encoder.encode("B\xC3\xA4r");
  REQUIRE(tokens.size() < 4);
  REQUIRE(encoder.decode(tokens) == "B\xC3\xA4r");
}

TEST_CASE("tokenizer: what a small vocabulary cannot spell becomes unknown", "[train][tokenizer]") {
  const auto v = train_tokenizer(small_corpus(), 160);
  Encoder encoder(*v);
  REQUIRE(encoder.encode("\xC3\xA9") == std::vector<std::uint16_t>{' ' + 3, 0, 0});
}

TEST_CASE("tokenizer: impossible wishes are refused with the reason", "[train][tokenizer]") {
  const auto refusal = [](const Corpus& corpus, int vocab) {
    const auto v = train_tokenizer(corpus, vocab);
    REQUIRE(!v);
    REQUIRE(!v.error().hint.empty());
    return v.error().what;
  };
  REQUIRE_THAT(refusal(small_corpus(), 130), Contains("130 is outside 131 to 4096"));
  REQUIRE_THAT(refusal(small_corpus(), 5000), Contains("5000 is outside"));
  REQUIRE_THAT(refusal(small_corpus(), 4096), Contains("the corpus supports"));
  REQUIRE_THAT(refusal({{"caf\xC3\xA9"}}, 200), Contains("beyond ASCII"));
}
