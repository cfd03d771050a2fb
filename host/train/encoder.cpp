// SPDX-License-Identifier: MIT
#include "train/encoder.hpp"

#include <algorithm>
#include <cctype>

namespace mcullm::train {
namespace {

auto is_letter(char c) -> bool {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalpha(byte) != 0;
}

auto is_continuation(char c) -> bool { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The byte that "<0x0A>" stands for, or -1.
auto byte_of(std::string_view piece) -> int {
  if (piece.size() != 6 || !piece.starts_with("<0x") || piece.back() != '>') return -1;
  int value = 0;
  for (const char c : piece.substr(3, 2)) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) return -1;
    value = value * 16 + (c <= '9' ? c - '0' : (c & 0x0F) + 9);
  }
  return value;
}

}  // namespace

auto split_words(std::string_view text) -> std::vector<std::string_view> {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + (text[at] == ' ' ? 1 : 0);
    if (end < text.size() && text[end] != ' ')
      for (const bool letters = is_letter(text[end]);
           end < text.size() && text[end] != ' ' && is_letter(text[end]) == letters;)
        ++end;
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

auto split_characters(std::string_view text) -> std::vector<std::string_view> {
  std::vector<std::string_view> characters;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (static_cast<unsigned char>(text[at]) >= 0xC0)
      while (end < text.size() && end - at < 4 && is_continuation(text[end])) ++end;
    characters.push_back(text.substr(at, end - at));
    at = end;
  }
  return characters;
}

Encoder::Encoder(const checkpoint::Vocabulary& vocabulary)
    : vocabulary_(vocabulary), byte_tokens_(vocabulary.pieces.size() < 259 ? 128 : 256) {
  for (std::size_t id = 0; id < vocabulary_.pieces.size(); ++id)
    ids_.try_emplace(vocabulary_.pieces[id].text, static_cast<std::uint16_t>(id));
}

auto Encoder::encode(std::string_view text) -> std::vector<std::uint16_t> {
  if (text.empty()) return {};
  std::string prefixed(1, ' ');
  prefixed += text;
  std::vector<std::uint16_t> tokens;
  for (const auto word : split_words(prefixed)) {
    auto [known, fresh] = words_.try_emplace(std::string(word));
    if (fresh) known->second = encode_word(word);
    tokens.insert(tokens.end(), known->second.begin(), known->second.end());
  }
  return tokens;
}

void Encoder::append_character(std::string_view character, std::vector<std::uint16_t>& tokens) const {
  if (const auto piece = ids_.find(std::string(character)); piece != ids_.end()) {
    tokens.push_back(piece->second);
    return;
  }
  for (const char c : character) {
    const int byte = static_cast<unsigned char>(c);
    tokens.push_back(byte < byte_tokens_ ? static_cast<std::uint16_t>(byte + first_byte_token)
                                         : unknown_token);
  }
}

// Merges the neighbours whose union has the best score, the leftmost of equals, until none is left.
auto Encoder::encode_word(std::string_view word) const -> std::vector<std::uint16_t> {
  std::vector<std::uint16_t> tokens;
  for (const auto character : split_characters(word)) append_character(character, tokens);
  for (;;) {
    float best_score = -1e10F;
    std::size_t best_at = tokens.size();
    std::uint16_t best_id = 0;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      const auto merged =
          ids_.find(vocabulary_.pieces[tokens[i]].text + vocabulary_.pieces[tokens[i + 1]].text);
      if (merged == ids_.end() || vocabulary_.pieces[merged->second].score <= best_score) continue;
      best_score = vocabulary_.pieces[merged->second].score;
      best_at = i;
      best_id = merged->second;
    }
    if (best_at == tokens.size()) return tokens;
    tokens[best_at] = best_id;
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(best_at) + 1);
  }
}

auto Encoder::decode(std::span<const std::uint16_t> tokens) const -> std::string {
  std::string text;
  bool first = true;
  for (const auto token : tokens) {
    if (token == begin_token || token >= vocabulary_.pieces.size()) continue;
    std::string_view piece = vocabulary_.pieces[token].text;
    if (first && piece.starts_with(' ')) piece.remove_prefix(1);
    first = false;
    if (const int byte = byte_of(piece); byte >= 0)
      text.push_back(static_cast<char>(byte));
    else
      text += piece;
  }
  return text;
}

}  // namespace mcullm::train
