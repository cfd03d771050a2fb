// SPDX-License-Identifier: MIT
// Text to tokens and back, by the rules of llama2.c's run.c.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "image/model_image.hpp"

namespace mcullm::chat {

class Tokenizer {
 public:
  static constexpr int unknown_token = 0;

  // Precondition: there are tokens, and bos_token is one of them.
  Tokenizer(std::vector<image::Token> tokens, int bos_token);
  Tokenizer(Tokenizer&&) = default;  // a copy's index would point into the original

  auto vocab_size() const -> int { return static_cast<int>(tokens_.size()); }
  auto bos_token() const -> int { return bos_token_; }

  // A space, then the characters of the text, then merges: the pair with the greatest rank first, the
  // leftmost among equals. A character without a piece becomes its bytes; a byte without a piece (small
  // vocabularies) becomes unknown_token. Any bytes are accepted; an empty text has no tokens.
  auto encode(std::string_view text) const -> std::vector<int>;
  // The same without the space that run.c puts before a text: to go on where a text stopped.
  auto encode_continuation(std::string_view text) const -> std::vector<int>;
  // What a story begins with: bos, then the text.
  auto encode_prompt(std::string_view text) const -> std::vector<int>;

  // The characters of the text, each once, that become unknown_token.
  auto unknown_characters(std::string_view text) const -> std::vector<std::string>;

  // The bytes that `token` adds to a text whose last token is `previous`: one leading space is left out
  // after bos, "<0x0A>" is a byte. Empty for a token outside the vocabulary.
  auto piece(int previous, int token) const -> std::string_view;

  // The text of a sequence; bos tokens leave no text.
  auto decode(std::span<const int> tokens) const -> std::string;

 private:
  void append_characters(std::string_view text, std::vector<int>& tokens) const;
  void append_character(std::string_view character, std::vector<int>& tokens) const;
  auto merged(int left, int right) const -> int;
  auto merge_all(const std::vector<int>& tokens) const -> std::vector<int>;

  std::vector<image::Token> tokens_;
  int bos_token_;
  std::size_t longest_piece_ = 0;
  std::unordered_map<std::string_view, int> ids_;  // views into tokens_
  std::array<int, 256> byte_tokens_{};
  std::vector<int> byte_values_;  // per token: the byte it stands for, or -1
};

}  // namespace mcullm::chat
