// SPDX-License-Identifier: MIT
#include "image/header_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>

#include "base/span_reader.hpp"
#include "proto/image_fields.h"

namespace mcullm::image {

namespace {

using enum FieldType;

constexpr std::string_view shift = "8, 16, 24 or 32", follows = "what follows from the shape";

constexpr HeaderField fields[] = {
    {MCL_AT_MAGIC, u32, "magic", "'MCULLM' 1A 0A", "'MCULLM' 1A 0A"},
    {MCL_AT_FORMAT_VERSION, u16, "format_version", "1", "1"},
    {MCL_AT_KIND, u16, "kind", "1 (float) or 2 (model)", "1 (float) or 2 (model)"},
    {MCL_AT_ARITHMETIC_VERSION, u16, "arithmetic_version", "0", "1"},
    {MCL_AT_HEADER_BYTES, u16, "header_bytes", "512", "512"},
    {MCL_AT_IMAGE_BYTES, u32, "image_bytes", "the end of the tokenizer", "the end of the tokenizer"},
    {MCL_AT_HEADER_CRC, crc, "header_crc", "the CRC-32 of the header", "the CRC-32 of the header"},
    {MCL_AT_DIM, u16, "dim", "n_heads * head_size", "2..4096, even, n_heads * head_size"},
    {MCL_AT_HIDDEN_DIM, u16, "hidden_dim", "1..16384", "1..16384"},
    {MCL_AT_N_LAYERS, u16, "n_layers", "1..64", "1..64"},
    {MCL_AT_N_HEADS, u16, "n_heads", "1..128", "1..128"},
    {MCL_AT_N_KV_HEADS, u16, "n_kv_heads", "a divisor of n_heads", "a divisor of n_heads"},
    {MCL_AT_HEAD_SIZE, u16, "head_size", "dim / n_heads", "2..128, even"},
    {MCL_AT_VOCAB_SIZE, u32, "vocab_size", "32..65536", "32..65536"},
    {MCL_AT_CONTEXT, u32, "context", "1..65536", "1..4096"},
    {MCL_AT_FLAGS, u8, "flags", "0 or 1", "0 or 1"},
    {MCL_AT_KV_FORMAT, u8, "kv_format", "0", "0 (k8v8), 1 (k16v8) or 2 (k16v16)"},
    {MCL_AT_LAYER_BITS, u8, "layer_bits", "32", "8 or 4"},
    {MCL_AT_CLASSIFIER_BITS, u8, "classifier_bits", "32", "8 or 4"},
    {MCL_AT_EMBEDDING_BITS, u8, "embedding_bits", "32", "8 or 4, equal to classifier_bits when shared"},
    {MCL_AT_RESID_FRAC, u8, "resid_frac", "0", "8..20"},
    {MCL_AT_GATE_FRAC, u8, "gate_frac", "0", "8..12"},
    {MCL_AT_NORM_FRAC, u8, "norm_frac", "0", "15 - ceil(log2(dim) / 2)"},
    {MCL_AT_EMBED_SHIFT, u8, "embed_shift", "0", "0..31"},
    {MCL_AT_CLASSIFIER_SHIFT, u8, "classifier_shift", "0", shift},
    {MCL_AT_FINAL_GAIN_SHIFT, u8, "final_gain_shift", "0", "0..30"},
    {MCL_AT_UNUSED, u8, "unused byte 55", "0", "0"},
    {MCL_AT_NORM_NUMERATOR, u32, "norm_numerator", "0", "round(sqrt(dim) * 2^(norm_frac + 16))"},
    {MCL_AT_MAX_ROW_L1, u32, "max_row_l1", "0", "at most 65538"},
    {MCL_AT_NORM_EPS, u64, "norm_eps", "0", "below 2^36"},
    {MCL_AT_BOS_TOKEN, u16, "bos_token", "below vocab_size", "below vocab_size"},
    {MCL_AT_EOS_TOKEN, u16, "eos_token", "below vocab_size", "below vocab_size"},
    {MCL_AT_RMS_EPS, f32, "rms_eps", "finite, above 0 and below 1", "finite, above 0 and below 1"},
    {MCL_AT_ROPE_THETA, f32, "rope_theta", "finite, at least 1", "finite, at least 1"},
    {MCL_AT_LAYERS_OFFSET, u32, "layers_offset", "512", "512"},
    {MCL_AT_LAYER_BYTES, u32, "layer_bytes", follows, follows},
    {MCL_AT_CLASSIFIER_OFFSET, u32, "classifier_offset", "0", follows},
    {MCL_AT_CLASSIFIER_BYTES, u32, "classifier_bytes", "0", follows},
    {MCL_AT_EMBEDDING_OFFSET, u32, "embedding_offset", "0", follows},
    {MCL_AT_EMBEDDING_BYTES, u32, "embedding_bytes", "0", follows},
    {MCL_AT_TOKENIZER_OFFSET, u32, "tokenizer_offset", follows, follows},
    {MCL_AT_TOKENIZER_BYTES, u32, "tokenizer_bytes", "8, and 3..258 per token", "8, and 3..258 per token"},
    {MCL_AT_LAYERS_CRC, crc, "layers_crc", "the CRC-32 of the tensors", "the CRC-32 of the layers"},
    {MCL_AT_CLASSIFIER_CRC, crc, "classifier_crc", "0", "the CRC-32 of the classifier"},
    {MCL_AT_EMBEDDING_CRC, crc, "embedding_crc", "0", "the CRC-32 of the embedding, 0 when shared"},
    {MCL_AT_TOKENIZER_CRC, crc, "tokenizer_crc", "the CRC-32 of the tokenizer",
     "the CRC-32 of the tokenizer"},
    {MCL_AT_SOURCE, text, "source", "a SHA-256", "a SHA-256"},
    {MCL_AT_NAME, text, "name", "UTF-8 of at most 31 bytes, then zeros",
     "UTF-8 of at most 31 bytes, then zeros"},
    {MCL_AT_NAME_LAST + 1, text, "unused bytes 196..255", "zeros", "zeros"},
    {MCL_AT_ROPE_STEP, text, "rope_step", "zeros", "zeros after head_size / 2 steps"},
};

auto integer_at(std::span<const std::byte> header, std::uint16_t offset, std::size_t bytes) -> std::uint64_t {
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i-- > 0;)
    value = value << 8 | std::to_integer<std::uint64_t>(header[offset + i]);
  return value;
}

auto value_text(std::span<const std::byte> header, const HeaderField& field) -> std::string {
  const auto u32_value = static_cast<std::uint32_t>(integer_at(header, field.offset, 4));
  switch (field.type) {
    case u8:
      return fmt::to_string(integer_at(header, field.offset, 1));
    case u16:
      return fmt::to_string(integer_at(header, field.offset, 2));
    case u32:
      return fmt::to_string(u32_value);
    case u64:
      return fmt::to_string(integer_at(header, field.offset, 8));
    case f32:
      return fmt::to_string(std::bit_cast<float>(u32_value));
    case crc:
      return fmt::format("{:#010x}", u32_value);
    case text:
      break;
  }
  return "";
}

}  // namespace

auto field_at(std::uint16_t offset) -> const HeaderField& {
  const auto after = std::ranges::upper_bound(fields, offset, {}, &HeaderField::offset);
  return *std::prev(after);
}

auto describe_field(std::span<const std::byte> header, Kind kind, std::uint16_t offset,
                    std::optional<std::uint64_t> expected) -> std::string {
  const auto& field = field_at(offset);
  const auto rule = kind == Kind::float_image ? field.float_rule : field.model_rule;
  if (field.type == text)
    return fmt::format("header byte {}, of field '{}', is {:#04x}, expected {}", offset, field.name,
                       std::to_integer<int>(header[offset]), rule);
  const auto found = fmt::format("header field '{}' is {}", field.name, value_text(header, field));
  if (!expected) return fmt::format("{}, expected {}", found, rule);
  if (field.type == crc)
    return fmt::format("{}, but the bytes have {:#010x}: they are damaged", found, *expected);
  return fmt::format("{}, expected {}", found, *expected);
}

}  // namespace mcullm::image
