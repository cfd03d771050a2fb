// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cctype>
#include <string_view>

#include "chat/tokenizer.hpp"
#include "checkpoint/llama2c.hpp"
#include "image/model_image.hpp"
#include "tests/fuzz/promise.hpp"

using namespace mcullm;
using tests::promise;

namespace {

auto is_byte_piece(std::string_view piece) -> bool {
  const auto is_digit = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  return piece.size() == 6 && piece.starts_with("<0x") && is_digit(piece[3]) && is_digit(piece[4]) &&
         piece[5] == '>';
}

// Any pieces make a tokenizer: texts go in, and every token comes out.
void speak(const std::vector<image::Token>& tokens) {
  constexpr int bos = 0;
  const chat::Tokenizer tokenizer(tokens, bos);
  for (const int token : tokenizer.encode("the <0x0A> and \xC3\xA9, \xFF"))
    promise(token >= 0 && token < tokenizer.vocab_size(), "a text is tokens of the vocabulary");
  for (int token = 1; token < tokenizer.vocab_size(); ++token) {
    const std::string& piece = tokens[static_cast<std::size_t>(token)].text;
    const auto added = tokenizer.piece(token, token);
    promise(is_byte_piece(piece) ? added.size() == 1 : added == piece, "a token adds its piece, or one byte");
  }
}

}  // namespace

auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const auto bytes = tests::as_bytes(data, size);
  const auto vocab_size = checkpoint::tokenizer_vocab_size(bytes);
  const auto parsed = checkpoint::parse_tokenizer(bytes, vocab_size.value_or(32), "fuzz.bin");
  promise(static_cast<bool>(parsed) == vocab_size.has_value(), "counting and reading agree");
  if (!parsed) {
    promise(!parsed.error().what.empty() && !parsed.error().hint.empty(),
            "a refusal says what and what to do");
    return 0;
  }
  promise(std::ranges::equal(checkpoint::write_tokenizer(*parsed), bytes),
          "a tokenizer is written as it was read");
  promise(!checkpoint::parse_tokenizer(bytes, *vocab_size + 1, "fuzz.bin"), "one token more is refused");
  const auto tokens = image::ranked_tokens(*parsed);
  const auto& pieces = parsed->pieces;
  for (std::size_t i = 1; i < tokens.size(); ++i)
    promise((tokens[i - 1].rank < tokens[i].rank) == (pieces[i - 1].score < pieces[i].score),
            "ranks order as scores do");
  if (!tokens.empty()) speak(tokens);
  return 0;
}
