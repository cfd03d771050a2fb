// SPDX-License-Identifier: MIT
#include "image/header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "checkpoint/shape.hpp"
#include "checkpoint/tensors.hpp"
#include "image/header_field.hpp"
#include "image/utf8.hpp"
#include "proto/bytes.h"
#include "proto/crc32.h"
#include "proto/image_fields.h"

namespace mcullm::image {

namespace {

constexpr std::uint64_t magic = 0x0A1A4D4C'4C55434D;  // "MCULLM" SUB LF
constexpr int float_bits = 32;

auto raw(std::span<const std::byte> bytes, std::uint64_t offset = 0) -> const std::uint8_t* {
  return reinterpret_cast<const std::uint8_t*>(bytes.data()) + offset;
}

auto raw(std::span<std::byte> bytes, std::uint64_t offset) -> std::uint8_t* {
  return reinterpret_cast<std::uint8_t*>(bytes.data()) + offset;
}

auto f32_at(std::span<const std::byte> header, std::uint16_t offset) -> float {
  return std::bit_cast<float>(mcl_get_u32(raw(header, offset)));
}

// Of the header with its own CRC field zero.
auto header_crc(std::span<const std::byte> bytes) -> std::uint32_t {
  constexpr std::uint8_t no_crc[4] = {};
  const auto before = mcl_crc32(0, raw(bytes), MCL_AT_HEADER_CRC);
  return mcl_crc32(mcl_crc32(before, no_crc, sizeof no_crc), raw(bytes, MCL_AT_DIM),
                   header_bytes - MCL_AT_DIM);
}

auto check_length(std::span<const std::byte> bytes, std::string_view file) -> Result<Ok> {
  const std::uint64_t expected = mcl_get_u32(raw(bytes, MCL_AT_IMAGE_BYTES));
  if (expected == bytes.size()) return Ok{};
  return Error{Exit::input,
               fmt::format("{}: {}: {} bytes, but header field 'image_bytes' is {}", file,
                           bytes.size() < expected ? "truncated" : "oversized", bytes.size(), expected),
               "copy the file again"};
}

auto check_name(std::span<const std::byte> bytes, Kind kind, std::string_view file) -> Result<Ok> {
  const auto name = read_common_header(bytes).identity.name;
  if (!is_utf8(name)) return damaged(file, describe_field(bytes, kind, MCL_AT_NAME));
  return Ok{};
}

// Where the shape says what a field must hold.
auto expected_value(const mcl_image_header_t& h, std::uint16_t offset) -> std::optional<std::uint64_t> {
  const auto layout = layout_of(h);
  switch (offset) {
    case MCL_AT_DIM:
      return std::uint64_t{h.n_heads} * h.head_size;
    case MCL_AT_NORM_FRAC:
      return 15 - static_cast<std::uint64_t>(std::ceil(std::log2(h.dim) / 2));
    case MCL_AT_NORM_NUMERATOR:
      return static_cast<std::uint64_t>(std::llround(std::sqrt(h.dim) * std::exp2(h.norm_frac + 16.0)));
    case MCL_AT_LAYER_BYTES:
      return layout.layer_bytes;
    case MCL_AT_CLASSIFIER_OFFSET:
      return layout.classifier;
    case MCL_AT_CLASSIFIER_BYTES:
      return layout.classifier_bytes;
    case MCL_AT_EMBEDDING_OFFSET:
      return layout.embedding;
    case MCL_AT_EMBEDDING_BYTES:
      return layout.embedding_bytes;
    case MCL_AT_TOKENIZER_OFFSET:
      return layout.tokenizer;
    case MCL_AT_IMAGE_BYTES:
      return std::uint64_t{h.tokenizer_offset} + h.tokenizer_bytes;
    default:
      return std::nullopt;
  }
}

// The first byte of a float image's header that only a model image may set.
auto model_only_byte(std::span<const std::byte> bytes) -> std::optional<std::uint16_t> {
  struct Range {
    std::uint16_t from, to;
  };
  const auto name_bytes = read_common_header(bytes).identity.name.size();
  const Range zero[] = {{MCL_AT_ARITHMETIC_VERSION, MCL_AT_HEADER_BYTES},
                        {MCL_AT_KV_FORMAT, MCL_AT_LAYER_BITS},
                        {MCL_AT_RESID_FRAC, MCL_AT_BOS_TOKEN},
                        {MCL_AT_CLASSIFIER_OFFSET, MCL_AT_TOKENIZER_OFFSET},
                        {MCL_AT_CLASSIFIER_CRC, MCL_AT_TOKENIZER_CRC},
                        {static_cast<std::uint16_t>(MCL_AT_NAME + name_bytes), MCL_IMAGE_HEADER_BYTES}};
  for (const auto& range : zero) {
    for (auto at = range.from; at < range.to; ++at) {
      if (bytes[at] != std::byte{0}) return at;
    }
  }
  return std::nullopt;
}

// The first field of a float image's header that breaks its rule, the shape being good.
auto float_fault(std::span<const std::byte> bytes, const CommonHeader& common)
    -> std::optional<std::pair<std::uint16_t, std::optional<std::uint64_t>>> {
  const auto u8 = [&](std::uint16_t at) { return *raw(bytes, at); };
  const auto u16 = [&](std::uint16_t at) { return mcl_get_u16(raw(bytes, at)); };
  const auto u32 = [&](std::uint16_t at) { return std::uint64_t{mcl_get_u32(raw(bytes, at))}; };
  const auto& shape = common.shape;
  const auto vocab = static_cast<std::uint64_t>(shape.vocab_size);
  const auto tensors = sizeof(float) * checkpoint::parameter_count(shape, common.shared_classifier);
  const auto tokenizer = align_to_sector(header_bytes + tensors);
  const auto end = u32(MCL_AT_TOKENIZER_OFFSET) + u32(MCL_AT_TOKENIZER_BYTES);
  struct Rule {
    bool holds;
    std::uint16_t offset;
    std::optional<std::uint64_t> expected;
  };
  const Rule rules[] = {
      {u16(MCL_AT_HEAD_SIZE) == shape.head_size(), MCL_AT_HEAD_SIZE, shape.head_size()},
      {u8(MCL_AT_FLAGS) <= 1, MCL_AT_FLAGS, {}},
      {u8(MCL_AT_LAYER_BITS) == float_bits, MCL_AT_LAYER_BITS, {}},
      {u8(MCL_AT_CLASSIFIER_BITS) == float_bits, MCL_AT_CLASSIFIER_BITS, {}},
      {u8(MCL_AT_EMBEDDING_BITS) == float_bits, MCL_AT_EMBEDDING_BITS, {}},
      {u16(MCL_AT_BOS_TOKEN) < vocab, MCL_AT_BOS_TOKEN, {}},
      {u16(MCL_AT_EOS_TOKEN) < vocab, MCL_AT_EOS_TOKEN, {}},
      {common.rms_eps > 0 && common.rms_eps < 1, MCL_AT_RMS_EPS, {}},
      {std::isfinite(common.rope_theta) && common.rope_theta >= 1, MCL_AT_ROPE_THETA, {}},
      {u32(MCL_AT_LAYERS_OFFSET) == header_bytes, MCL_AT_LAYERS_OFFSET, {}},
      {u32(MCL_AT_LAYER_BYTES) == tensors, MCL_AT_LAYER_BYTES, tensors},
      {u32(MCL_AT_TOKENIZER_OFFSET) == tokenizer, MCL_AT_TOKENIZER_OFFSET, tokenizer},
      {u32(MCL_AT_TOKENIZER_BYTES) >= 8 + 3 * vocab && u32(MCL_AT_TOKENIZER_BYTES) <= 8 + 258 * vocab,
       MCL_AT_TOKENIZER_BYTES,
       {}},
      {u32(MCL_AT_IMAGE_BYTES) == end, MCL_AT_IMAGE_BYTES, end},
  };
  for (const auto& rule : rules) {
    if (!rule.holds) return std::pair{rule.offset, rule.expected};
  }
  return std::nullopt;
}

}  // namespace

auto align_to_sector(std::uint64_t bytes) -> std::uint64_t {
  return (bytes + sector_bytes - 1) / sector_bytes * sector_bytes;
}

auto damaged(std::string_view file, const std::string& what) -> Error {
  return {Exit::input, fmt::format("{}: {}", file, what),
          "copy the file again, or make it again with mcullm convert or quantize"};
}

auto image_kind(std::span<const std::byte> bytes, std::string_view name) -> Result<Kind> {
  if (bytes.size() < sizeof magic || mcl_get_u64(raw(bytes)) != magic)
    return Error{Exit::input,
                 fmt::format("{}: {} bytes that do not begin with the magic of an image", name, bytes.size()),
                 "name an image: mcullm convert makes one from a checkpoint"};
  if (bytes.size() < header_bytes)
    return Error{
        Exit::input,
        fmt::format("{}: truncated: {} bytes, the header alone has {}", name, bytes.size(), header_bytes),
        "copy the file again"};
  const auto refused = [&](std::uint16_t field) {
    return Error{Exit::input, fmt::format("{}: {}", name, describe_field(bytes, Kind::model_image, field)),
                 "it was made by another version of mcullm: make it again with this one"};
  };
  if (mcl_get_u16(raw(bytes, MCL_AT_FORMAT_VERSION)) != MCL_IMAGE_VERSION)
    return refused(MCL_AT_FORMAT_VERSION);
  if (mcl_get_u16(raw(bytes, MCL_AT_HEADER_BYTES)) != header_bytes) return refused(MCL_AT_HEADER_BYTES);
  if (header_crc(bytes) != mcl_get_u32(raw(bytes, MCL_AT_HEADER_CRC)))
    return damaged(name, describe_field(bytes, Kind::model_image, MCL_AT_HEADER_CRC, header_crc(bytes)));
  switch (mcl_get_u16(raw(bytes, MCL_AT_KIND))) {
    case MCL_IMAGE_KIND_FLOAT:
      return Kind::float_image;
    case MCL_IMAGE_KIND_MODEL:
      return Kind::model_image;
    default:
      return damaged(name, describe_field(bytes, Kind::model_image, MCL_AT_KIND));
  }
}

auto layout_of(const mcl_image_header_t& h) -> Layout {
  Layout layout;
  layout.layer_bytes = align_to_sector(mcl_layer_bytes(&h));
  layout.classifier = header_bytes + h.n_layers * layout.layer_bytes;
  layout.classifier_bytes = 2U * h.dim + mcl_matrix_bytes(h.vocab_size, h.dim, h.classifier_bits);
  auto end = layout.classifier + layout.classifier_bytes;
  if (!h.shared_classifier) {
    layout.embedding = align_to_sector(end);
    layout.embedding_bytes = mcl_matrix_bytes(h.vocab_size, h.dim, h.embedding_bits);
    end = layout.embedding + layout.embedding_bytes;
  }
  layout.tokenizer = align_to_sector(end);
  return layout;
}

auto read_model_header(std::span<const std::byte> bytes, std::string_view file)
    -> Result<mcl_image_header_t> {
  mcl_image_header_t header{};
  mcl_image_fault_t fault{};
  const auto status = mcl_image_header_read(&header, raw(bytes), &fault);
  if (status == MCL_ERR_VERSION)
    return Error{Exit::input,
                 fmt::format("{}: {}", file, describe_field(bytes, Kind::model_image, fault.offset)),
                 "it was made for another version of the arithmetic: quantize the model again"};
  if (status != MCL_OK)
    return damaged(
        file, describe_field(bytes, Kind::model_image, fault.offset, expected_value(header, fault.offset)));
  if (const auto ok = check_name(bytes, Kind::model_image, file); !ok) return ok.error();
  if (const auto ok = check_length(bytes, file); !ok) return ok.error();
  return header;
}

auto check_float_header(std::span<const std::byte> bytes, std::string_view file) -> Result<Ok> {
  const auto common = read_common_header(bytes);
  if (const auto fault = checkpoint::shape_fault(common.shape))
    return damaged(
        file, fmt::format("header field '{}' is {}, expected {}", fault->field, fault->found, fault->rule));
  if (const auto fault = float_fault(bytes, common))
    return damaged(file, describe_field(bytes, Kind::float_image, fault->first, fault->second));
  if (const auto at = model_only_byte(bytes))
    return damaged(file, describe_field(bytes, Kind::float_image, *at));
  if (const auto ok = check_name(bytes, Kind::float_image, file); !ok) return ok;
  return check_length(bytes, file);
}

auto read_common_header(std::span<const std::byte> bytes) -> CommonHeader {
  const auto u16 = [&](std::uint16_t at) { return int{mcl_get_u16(raw(bytes, at))}; };
  // beyond int it is out of range in any case
  const auto u32 = [&](std::uint16_t at) {
    return static_cast<int>(std::min(mcl_get_u32(raw(bytes, at)), std::uint32_t{1} << 30));
  };
  CommonHeader header;
  header.shape = {.dim = u16(MCL_AT_DIM),
                  .hidden_dim = u16(MCL_AT_HIDDEN_DIM),
                  .n_layers = u16(MCL_AT_N_LAYERS),
                  .n_heads = u16(MCL_AT_N_HEADS),
                  .n_kv_heads = u16(MCL_AT_N_KV_HEADS),
                  .vocab_size = u32(MCL_AT_VOCAB_SIZE),
                  .context = u32(MCL_AT_CONTEXT)};
  header.shared_classifier = (*raw(bytes, MCL_AT_FLAGS) & 1U) != 0;
  header.rms_eps = f32_at(bytes, MCL_AT_RMS_EPS);
  header.rope_theta = f32_at(bytes, MCL_AT_ROPE_THETA);
  header.identity.bos_token = u16(MCL_AT_BOS_TOKEN);
  header.identity.eos_token = u16(MCL_AT_EOS_TOKEN);
  std::copy_n(raw(bytes, MCL_AT_SOURCE), header.identity.source.size(), header.identity.source.begin());
  const std::string_view name(reinterpret_cast<const char*>(raw(bytes, MCL_AT_NAME)), max_name_bytes);
  header.identity.name = name.substr(0, name.find('\0'));
  return header;
}

auto checked_section(std::span<const std::byte> bytes, std::uint64_t offset, std::uint64_t length,
                     std::uint16_t crc_offset, std::string_view file) -> Result<std::span<const std::byte>> {
  const auto section = bytes.subspan(offset, length);
  const auto crc = mcl_crc32(0, raw(section), section.size());
  if (crc != mcl_get_u32(raw(bytes, crc_offset)))
    return damaged(file, describe_field(bytes, Kind::model_image, crc_offset, crc));
  const auto next = std::min<std::uint64_t>(align_to_sector(offset + length), bytes.size());
  for (auto at = offset + length; at < next; ++at) {
    if (bytes[at] != std::byte{0})
      return damaged(file, fmt::format("byte {}, between two sections, is {:#04x}, expected 0", at,
                                       std::to_integer<int>(bytes[at])));
  }
  return section;
}

void put_u8(std::span<std::byte> image, std::uint16_t offset, int value) {
  image[offset] = static_cast<std::byte>(value);
}

void put_u16(std::span<std::byte> image, std::uint16_t offset, int value) {
  mcl_put_u16(raw(image, offset), static_cast<std::uint16_t>(value));
}

void put_u32(std::span<std::byte> image, std::uint16_t offset, std::uint64_t value) {
  mcl_put_u32(raw(image, offset), static_cast<std::uint32_t>(value));
}

void put_common_header(std::span<std::byte> image, const CommonHeader& header, Kind kind) {
  const auto& shape = header.shape;
  mcl_put_u64(raw(image, MCL_AT_MAGIC), magic);
  put_u16(image, MCL_AT_FORMAT_VERSION, MCL_IMAGE_VERSION);
  put_u16(image, MCL_AT_KIND, kind == Kind::float_image ? MCL_IMAGE_KIND_FLOAT : MCL_IMAGE_KIND_MODEL);
  put_u16(image, MCL_AT_HEADER_BYTES, MCL_IMAGE_HEADER_BYTES);
  put_u32(image, MCL_AT_IMAGE_BYTES, image.size());
  put_u16(image, MCL_AT_DIM, shape.dim);
  put_u16(image, MCL_AT_HIDDEN_DIM, shape.hidden_dim);
  put_u16(image, MCL_AT_N_LAYERS, shape.n_layers);
  put_u16(image, MCL_AT_N_HEADS, shape.n_heads);
  put_u16(image, MCL_AT_N_KV_HEADS, shape.n_kv_heads);
  put_u16(image, MCL_AT_HEAD_SIZE, shape.head_size());
  put_u32(image, MCL_AT_VOCAB_SIZE, static_cast<std::uint64_t>(shape.vocab_size));
  put_u32(image, MCL_AT_CONTEXT, static_cast<std::uint64_t>(shape.context));
  put_u8(image, MCL_AT_FLAGS, header.shared_classifier ? 1 : 0);
  put_u16(image, MCL_AT_BOS_TOKEN, header.identity.bos_token);
  put_u16(image, MCL_AT_EOS_TOKEN, header.identity.eos_token);
  put_u32(image, MCL_AT_RMS_EPS, std::bit_cast<std::uint32_t>(header.rms_eps));
  put_u32(image, MCL_AT_ROPE_THETA, std::bit_cast<std::uint32_t>(header.rope_theta));
  put_u32(image, MCL_AT_LAYERS_OFFSET, header_bytes);
  std::ranges::copy(header.identity.source, raw(image, MCL_AT_SOURCE));
  std::ranges::copy(header.identity.name, raw(image, MCL_AT_NAME));
}

void put_section_crc(std::span<std::byte> image, std::uint16_t crc_offset, std::uint64_t offset,
                     std::uint64_t length) {
  put_u32(image, crc_offset, mcl_crc32(0, raw(image, offset), length));
}

void put_header_crc(std::span<std::byte> image) { put_u32(image, MCL_AT_HEADER_CRC, header_crc(image)); }

}  // namespace mcullm::image
