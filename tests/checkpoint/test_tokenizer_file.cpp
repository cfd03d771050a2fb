// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "checkpoint/llama2c.hpp"
#include "tests/checkpoint/bad_checkpoints.hpp"
#include "tests/checkpoint/sample_checkpoint.hpp"

using namespace mcullm;
using namespace mcullm::checkpoint;

TEST_CASE("tokenizer: reading undoes writing, whatever bytes the pieces have", "[checkpoint][tokenizer]") {
  for (const int vocab_size : {32, 33, 512, 4096, 65536}) {
    const auto vocabulary = tests::sample_vocabulary(vocab_size, static_cast<std::uint32_t>(vocab_size));
    const auto parsed = parse_tokenizer(write_tokenizer(vocabulary), vocab_size, "tok.bin");
    REQUIRE(parsed);
    REQUIRE(parsed->max_token_length == vocabulary.max_token_length);
    REQUIRE(parsed->pieces.size() == vocabulary.pieces.size());
    for (std::size_t i = 0; i < vocabulary.pieces.size(); ++i) {
      REQUIRE(parsed->pieces[i].text == vocabulary.pieces[i].text);
      REQUIRE(parsed->pieces[i].score == vocabulary.pieces[i].score);
    }
  }
}

TEST_CASE("tokenizer: pieces of 255 bytes are the longest that are read", "[checkpoint][tokenizer]") {
  Vocabulary vocabulary{255, std::vector<Piece>(32, {std::string(255, 'x'), 0.0F})};
  REQUIRE(parse_tokenizer(write_tokenizer(vocabulary), 32, "tok.bin"));
  vocabulary.max_token_length = 256;
  vocabulary.pieces[3].text += 'x';
  REQUIRE_FALSE(parse_tokenizer(write_tokenizer(vocabulary), 32, "tok.bin"));
}

TEST_CASE("tokenizer: every malformed tokenizer is refused with its own message", "[checkpoint][tokenizer]") {
  tests::require_refusals(
      tests::bad_tokenizers(), "tests/checkpoint/bad_tokenizers.txt", [](const tests::Bytes& bytes) {
        return tests::refusal(parse_tokenizer(bytes, tests::bad_tokenizer_vocab_size, "tok.bin"));
      });
}
