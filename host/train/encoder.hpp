// SPDX-License-Identifier: MIT
// Text to tokens and back by the rules of llama2.c's run.c.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "checkpoint/float_model.hpp"

namespace mcullm::train {

inline constexpr std::uint16_t unknown_token = 0;
inline constexpr std::uint16_t begin_token = 1;  // stands before and after each story
inline constexpr int first_byte_token = 3;

// The stretches within which tokens are merged: letters, or anything else, each with at most one space
// before it. No piece of our vocabularies crosses them, so a text can be encoded word by word.
auto split_words(std::string_view text) -> std::vector<std::string_view>;

class Encoder {
 public:
  explicit Encoder(const checkpoint::Vocabulary& vocabulary);

  // Without begin_token; a space is put before the text. Characters that the vocabulary cannot spell
  // become unknown_token.
  auto encode(std::string_view text) -> std::vector<std::uint16_t>;
  auto decode(std::span<const std::uint16_t> tokens) const -> std::string;

 private:
  auto encode_word(std::string_view word) const -> std::vector<std::uint16_t>;
  void append_character(std::string_view character, std::vector<std::uint16_t>& tokens) const;

  const checkpoint::Vocabulary vocabulary_;
  int byte_tokens_;  // 256, or 128 in a small vocabulary
  std::unordered_map<std::string, std::uint16_t> ids_;
  std::unordered_map<std::string, std::vector<std::uint16_t>> words_;  // already encoded
};

// The characters of a UTF-8 text; a malformed byte stands alone.
auto split_characters(std::string_view text) -> std::vector<std::string_view>;

}  // namespace mcullm::train
