// SPDX-License-Identifier: MIT
#include "image/tokenizer_section.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/span_reader.hpp"
#include "image/header.hpp"

namespace mcullm::image {

namespace {

auto longest_piece(const std::vector<Token>& tokens) -> std::size_t {
  std::size_t longest = 0;
  for (const auto& token : tokens) longest = std::max(longest, token.text.size());
  return longest;
}

// The least rank that no piece has although a greater one exists.
auto missing_rank(const std::vector<Token>& tokens) -> std::optional<std::size_t> {
  std::vector<bool> present(std::size_t{1} << 16);
  std::size_t greatest = 0;
  for (const auto& token : tokens) {
    present[token.rank] = true;
    greatest = std::max<std::size_t>(greatest, token.rank);
  }
  const auto missing = static_cast<std::size_t>(std::ranges::find(present, false) - present.begin());
  if (missing < greatest) return missing;
  return std::nullopt;
}

}  // namespace

auto read_tokens(std::span<const std::byte> section, int vocab_size, std::string_view file)
    -> Result<std::vector<Token>> {
  const auto refused = [&](const std::string& what) {
    return damaged(file, fmt::format("tokenizer: {}", what));
  };
  SpanReader in(section);
  const auto count = in.read_le<std::uint32_t>();
  const auto longest = in.read_le<std::uint32_t>();
  if (!count || !longest) return refused("shorter than its two counts");
  if (*count != static_cast<std::uint32_t>(vocab_size))
    return refused(fmt::format("field 'vocab_size' is {}, expected {} as in the header", *count, vocab_size));

  std::vector<Token> tokens(*count);
  for (auto& token : tokens) {
    const auto rank = in.read_le<std::uint16_t>();
    const auto length = in.read_le<std::uint8_t>();
    const auto text = length ? in.read_bytes(*length) : std::nullopt;
    if (!rank || !text)
      return refused(fmt::format("ends inside token {} of {}", &token - tokens.data(), *count));
    token = {{reinterpret_cast<const char*>(text->data()), text->size()}, *rank};
  }
  if (in.remaining() != 0) return refused(fmt::format("{} bytes follow its last token", in.remaining()));
  if (*longest != longest_piece(tokens))
    return refused(fmt::format("field 'longest' is {}, but the longest piece has {} bytes", *longest,
                               longest_piece(tokens)));
  if (const auto missing = missing_rank(tokens))
    return refused(fmt::format("no piece has rank {}, although greater ranks occur", *missing));
  return tokens;
}

void write_tokens(ByteWriter& out, const std::vector<Token>& tokens) {
  out.put_le(static_cast<std::uint32_t>(tokens.size()));
  out.put_le(static_cast<std::uint32_t>(longest_piece(tokens)));
  for (const auto& token : tokens) {
    out.put_le(token.rank);
    out.put_le(static_cast<std::uint8_t>(token.text.size()));
    out.put_text(token.text);
  }
}

auto ranked_tokens(const checkpoint::Vocabulary& vocabulary) -> std::vector<Token> {
  std::vector<float> scores;
  for (const auto& piece : vocabulary.pieces) scores.push_back(piece.score);
  std::ranges::sort(scores);
  scores.erase(std::unique(scores.begin(), scores.end()), scores.end());
  std::vector<Token> tokens;
  for (const auto& piece : vocabulary.pieces) {
    const auto rank = std::ranges::lower_bound(scores, piece.score) - scores.begin();
    tokens.push_back({piece.text, static_cast<std::uint16_t>(rank)});
  }
  return tokens;
}

}  // namespace mcullm::image
