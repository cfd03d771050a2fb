// SPDX-License-Identifier: MIT
// tokenizer.bin: u32 longest piece in bytes; per token f32 score, i32 length, bytes.
#include <fmt/format.h>

#include <cmath>

#include "base/byte_writer.hpp"
#include "base/span_reader.hpp"
#include "checkpoint/llama2c.hpp"

namespace mcullm::checkpoint {

namespace {

auto truncated(std::string_view name, int token, int vocab_size, std::string_view field, std::size_t wanted,
               std::size_t remaining) -> Error {
  return {Exit::input,
          fmt::format("{}: ends inside token {} of {}: field '{}' takes {} bytes, {} remain", name, token,
                      vocab_size, field, wanted, remaining),
          "the file is incomplete, or it is the tokenizer of another model with a smaller vocabulary"};
}

auto bad_token(std::string_view name, int token, const std::string& what) -> Error {
  return {Exit::input, fmt::format("{}: token {}: {}", name, token, what),
          "is this a tokenizer.bin of llama2.c, and whole?"};
}

auto read_piece(SpanReader& in, std::string_view name, int token, int vocab_size,
                std::uint32_t max_token_length) -> Result<Piece> {
  const auto score = in.read_f32();
  if (!score) return truncated(name, token, vocab_size, "score", 4, in.remaining());
  const auto length = in.read_i32();
  if (!length) return truncated(name, token, vocab_size, "length", 4, in.remaining());
  if (!std::isfinite(*score))
    return bad_token(name, token, fmt::format("field 'score' is {}, expected a finite number", *score));
  if (*length < 0 || *length > max_piece_bytes)
    return bad_token(name, token,
                     fmt::format("field 'length' is {}, expected 0..{}", *length, max_piece_bytes));
  const auto bytes = in.read_bytes(static_cast<std::size_t>(*length));
  if (!bytes)
    return truncated(name, token, vocab_size, "bytes", static_cast<std::size_t>(*length), in.remaining());
  if (bytes->size() > max_token_length)
    return bad_token(
        name, token,
        fmt::format("field 'length' is {}, more than max_token_length = {}", *length, max_token_length));
  return Piece{{reinterpret_cast<const char*>(bytes->data()), bytes->size()}, *score};
}

}  // namespace

auto parse_tokenizer(std::span<const std::byte> bytes, int vocab_size, std::string_view name)
    -> Result<Vocabulary> {
  SpanReader in(bytes);
  const auto max_token_length = in.read_le<std::uint32_t>();
  if (!max_token_length)
    return Error{Exit::input, fmt::format("{}: {} bytes, too short for a tokenizer", name, bytes.size()),
                 "is this a tokenizer.bin of llama2.c, and whole?"};
  Vocabulary vocabulary{*max_token_length, {}};
  for (int token = 0; token < vocab_size; ++token) {
    auto piece = read_piece(in, name, token, vocab_size, *max_token_length);
    if (!piece) return piece.error();
    vocabulary.pieces.push_back(std::move(*piece));
  }
  if (in.remaining() != 0)
    return Error{Exit::input,
                 fmt::format("{}: {} bytes follow token {}, the last of a vocabulary of {}", name,
                             in.remaining(), vocab_size - 1, vocab_size),
                 "this is the tokenizer of another model, with a larger vocabulary"};
  return vocabulary;
}

auto tokenizer_vocab_size(std::span<const std::byte> bytes) -> std::optional<int> {
  constexpr int least = 32, most = 65536;
  SpanReader in(bytes);
  const auto max_token_length = in.read_le<std::uint32_t>();
  int count = 0;
  while (max_token_length && in.remaining() != 0 && count <= most) {
    if (!read_piece(in, "", count, most, *max_token_length)) return std::nullopt;
    ++count;
  }
  if (count < least || count > most) return std::nullopt;
  return count;
}

auto write_tokenizer(const Vocabulary& vocabulary) -> std::vector<std::byte> {
  ByteWriter out;
  out.put_le(vocabulary.max_token_length);
  for (const auto& piece : vocabulary.pieces) {
    out.put_f32(piece.score);
    out.put_i32(static_cast<std::int32_t>(piece.text.size()));
    out.put_text(piece.text);
  }
  return out.take();
}

}  // namespace mcullm::checkpoint
