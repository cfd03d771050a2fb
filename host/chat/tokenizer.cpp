// SPDX-License-Identifier: MIT
#include "chat/tokenizer.hpp"

#include <algorithm>
#include <charconv>
#include <queue>

namespace mcullm::chat {
namespace {

constexpr int none = -1;
constexpr std::size_t longest_character = 4;  // bytes of UTF-8

// The byte that "<0x0A>" stands for, or none.
auto byte_value(std::string_view piece) -> int {
  if (piece.size() != 6 || !piece.starts_with("<0x") || piece.back() != '>') return none;
  const char* end = piece.data() + 5;
  unsigned value = 0;  // signed, "-2" would be a number
  const auto [stopped, fault] = std::from_chars(piece.data() + 3, end, value, 16);
  return fault == std::errc() && stopped == end ? static_cast<int>(value) : none;
}

auto all_bytes() -> std::array<char, 256> {
  std::array<char, 256> bytes{};
  for (std::size_t b = 0; b < bytes.size(); ++b) bytes[b] = static_cast<char>(b);
  return bytes;
}

auto is_continuation(char c) -> bool { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// UTF-8 as run.c parts it: continuation bytes belong to what stands before them, up to the longest character.
auto characters(std::string_view text) -> std::vector<std::string_view> {
  std::vector<std::string_view> characters;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && end - at < longest_character && is_continuation(text[end])) ++end;
    characters.push_back(text.substr(at, end - at));
    at = end;
  }
  return characters;
}

// A text in merging: symbols as a list, so that a merge takes no shifting.
struct Symbol {
  int token = none;  // none: merged into its left neighbour
  int left = none, right = none;
};

struct Merge {
  int rank = 0, left = 0;               // what decides
  int left_token = 0, right_token = 0;  // still these, or the merge is out of date
  int token = 0;

  auto operator<(const Merge& other) const -> bool {  // the top of a queue is its greatest
    return rank != other.rank ? rank < other.rank : left > other.left;
  }
};

}  // namespace

Tokenizer::Tokenizer(std::vector<image::Token> tokens, int bos_token)
    : tokens_(std::move(tokens)), bos_token_(bos_token) {
  byte_tokens_.fill(unknown_token);
  for (int id = 0; id < vocab_size(); ++id) {
    const std::string& text = tokens_[static_cast<std::size_t>(id)].text;
    longest_piece_ = std::max(longest_piece_, text.size());
    ids_.try_emplace(text, id);
    const int byte = byte_value(text);
    byte_values_.push_back(byte);
    if (byte != none) byte_tokens_[static_cast<std::size_t>(byte)] = id;
  }
}

void Tokenizer::append_character(std::string_view character, std::vector<int>& tokens) const {
  if (const auto known = ids_.find(character); known != ids_.end()) {
    tokens.push_back(known->second);
    return;
  }
  for (const char c : character) tokens.push_back(byte_tokens_[static_cast<unsigned char>(c)]);
}

void Tokenizer::append_characters(std::string_view text, std::vector<int>& tokens) const {
  for (const auto character : characters(text)) append_character(character, tokens);
}

auto Tokenizer::merged(int left, int right) const -> int {
  const std::string& a = tokens_[static_cast<std::size_t>(left)].text;
  const std::string& b = tokens_[static_cast<std::size_t>(right)].text;
  if (a.size() + b.size() > longest_piece_) return none;
  const auto known = ids_.find(a + b);
  return known == ids_.end() ? none : known->second;
}

auto Tokenizer::merge_all(const std::vector<int>& tokens) const -> std::vector<int> {
  std::vector<Symbol> symbols(tokens.size());
  std::priority_queue<Merge> merges;
  const auto at = [&](int index) -> Symbol& { return symbols[static_cast<std::size_t>(index)]; };
  const auto consider = [&](int left) {
    if (left == none || at(left).right == none) return;
    const int a = at(left).token, b = at(at(left).right).token;
    const int id = merged(a, b);
    if (id != none) merges.push({tokens_[static_cast<std::size_t>(id)].rank, left, a, b, id});
  };
  const int count = static_cast<int>(tokens.size());
  for (int i = 0; i < count; ++i)
    at(i) = {tokens[static_cast<std::size_t>(i)], i - 1, i + 1 < count ? i + 1 : none};
  for (int i = 0; i < count; ++i) consider(i);

  while (!merges.empty()) {
    const Merge best = merges.top();
    merges.pop();
    Symbol& left = at(best.left);
    if (left.token != best.left_token || left.right == none || at(left.right).token != best.right_token)
      continue;
    Symbol& right = at(left.right);
    left.token = best.token;
    left.right = right.right;
    right.token = none;
    if (left.right != none) at(left.right).left = best.left;
    consider(left.left);
    consider(best.left);
  }
  std::vector<int> result;
  for (const auto& symbol : symbols)
    if (symbol.token != none) result.push_back(symbol.token);
  return result;
}

auto Tokenizer::encode(std::string_view text) const -> std::vector<int> {
  if (text.empty()) return {};
  std::vector<int> tokens;
  append_character(" ", tokens);
  append_characters(text, tokens);
  return merge_all(tokens);
}

auto Tokenizer::encode_continuation(std::string_view text) const -> std::vector<int> {
  std::vector<int> tokens;
  append_characters(text, tokens);
  return merge_all(tokens);
}

auto Tokenizer::encode_prompt(std::string_view text) const -> std::vector<int> {
  std::vector<int> tokens = encode(text);
  tokens.insert(tokens.begin(), bos_token_);
  return tokens;
}

auto Tokenizer::unknown_characters(std::string_view text) const -> std::vector<std::string> {
  std::vector<std::string> unknown;
  std::vector<int> tokens;
  for (const auto character : characters(text)) {
    tokens.clear();
    append_character(character, tokens);
    const auto is = [](const auto& list, const auto& one) {
      return std::find(list.begin(), list.end(), one) != list.end();
    };
    if (is(tokens, unknown_token) && !is(unknown, character)) unknown.emplace_back(character);
  }
  return unknown;
}

auto Tokenizer::piece(int previous, int token) const -> std::string_view {
  static const std::array<char, 256> bytes = all_bytes();
  if (token < 0 || token >= vocab_size()) return {};
  if (const int byte = byte_values_[static_cast<std::size_t>(token)]; byte != none)
    return {&bytes[static_cast<std::size_t>(byte)], 1};
  std::string_view text = tokens_[static_cast<std::size_t>(token)].text;
  if (previous == bos_token_ && text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

auto Tokenizer::decode(std::span<const int> tokens) const -> std::string {
  std::string text;
  int previous = bos_token_;
  for (const int token : tokens) {
    if (token != bos_token_) text += piece(previous, token);
    previous = token;
  }
  return text;
}

}  // namespace mcullm::chat
