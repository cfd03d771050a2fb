// SPDX-License-Identifier: MIT
#include "image/model_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "image/header.hpp"
#include "image/tape.hpp"
#include "image/tokenizer_section.hpp"
#include "proto/bytes.h"
#include "proto/image_fields.h"

namespace mcullm::image {

namespace {

auto numbers_of(const mcl_image_header_t& header, std::span<const std::byte> bytes) -> ModelImage {
  const auto common = read_common_header(bytes);
  ModelImage image;
  image.identity = common.identity;
  image.shape = common.shape;
  image.rms_eps = common.rms_eps;
  image.rope_theta = common.rope_theta;
  image.kv_format = static_cast<KvFormat>(header.kv_format);
  image.resid_frac = header.resid_frac;
  image.gate_frac = header.gate_frac;
  image.norm_frac = header.norm_frac;
  image.embed_shift = header.embed_shift;
  image.final_gain_shift = header.final_gain_shift;
  image.norm_numerator = header.norm_numerator;
  image.norm_eps = header.norm_eps;
  for (std::uint16_t i = 0; i < header.head_size / 2; ++i)
    image.rope_step.push_back(mcl_image_rope_step(reinterpret_cast<const std::uint8_t*>(bytes.data()), i));
  return image;
}

auto check_sections(const mcl_image_header_t& h, std::span<const std::byte> bytes, std::string_view name)
    -> Result<Ok> {
  struct Stored {
    std::uint64_t offset, length;
    std::uint16_t crc_offset;
  };
  const Stored stored[] = {
      {h.layers_offset, std::uint64_t{h.n_layers} * h.layer_bytes, MCL_AT_LAYERS_CRC},
      {h.classifier_offset, h.classifier_bytes, MCL_AT_CLASSIFIER_CRC},
      {h.embedding_offset, h.embedding_bytes, MCL_AT_EMBEDDING_CRC},
      {h.tokenizer_offset, h.tokenizer_bytes, MCL_AT_TOKENIZER_CRC},
  };
  for (const auto& section : stored) {
    if (section.length == 0) continue;  // a shared embedding
    const auto ok = checked_section(bytes, section.offset, section.length, section.crc_offset, name);
    if (!ok) return ok.error();
  }
  return Ok{};
}

void read_tape(TapeReader& tape, const mcl_image_header_t& h, std::span<const std::byte> bytes,
               ModelImage& image) {
  const int dim = image.shape.dim, vocab = image.shape.vocab_size;
  for (int layer = 0; layer < image.shape.n_layers; ++layer) {
    tape.open(bytes.subspan(h.layers_offset + static_cast<std::size_t>(layer) * h.layer_bytes, h.layer_bytes),
              fmt::format("layer {}", layer));
    image.layers.push_back(tape.read_layer(image.shape, h.layer_bits));
    tape.close();
  }
  tape.open(bytes.subspan(h.classifier_offset, h.classifier_bytes), "classifier");
  image.final_gains = tape.read_vector(dim);
  image.classifier = tape.read_matrix("wcls", vocab, dim, h.classifier_bits, h.classifier_shift);
  tape.close();
  if (h.shared_classifier) return;
  tape.open(bytes.subspan(h.embedding_offset, h.embedding_bytes), "embedding");
  // its rows are shifted by embed_shift; the matrix keeps a shift of the form that matrices have
  image.embedding = tape.read_matrix("tok_emb", vocab, dim, h.embedding_bits, Matrix{}.shift);
  tape.close();
}

auto row_l1(const Matrix& matrix) -> std::uint32_t {
  std::uint32_t largest = 0;
  const auto cols = static_cast<std::size_t>(matrix.cols);
  for (std::size_t first = 0; first < matrix.weights.size(); first += cols) {
    std::uint32_t sum = 0;
    for (const auto weight : std::span(matrix.weights).subspan(first, cols))
      sum += static_cast<std::uint32_t>(std::abs(int{weight}));
    largest = std::max(largest, sum);
  }
  return largest;
}

auto max_row_l1(const ModelImage& image) -> std::uint32_t {
  auto largest = std::max(row_l1(image.classifier), row_l1(image.embedding_matrix()));
  for (const auto& layer : image.layers) {
    for (const auto* matrix : {&layer.wq, &layer.wk, &layer.wv, &layer.wo, &layer.w1, &layer.w3, &layer.w2})
      largest = std::max(largest, row_l1(*matrix));
  }
  return largest;
}

void put_numbers(std::span<std::byte> bytes, const ModelImage& image) {
  put_u16(bytes, MCL_AT_ARITHMETIC_VERSION, MCL_ARITHMETIC_VERSION);
  put_u8(bytes, MCL_AT_KV_FORMAT, static_cast<int>(image.kv_format));
  put_u8(bytes, MCL_AT_LAYER_BITS, image.layers.front().wq.bits);
  put_u8(bytes, MCL_AT_CLASSIFIER_BITS, image.classifier.bits);
  put_u8(bytes, MCL_AT_EMBEDDING_BITS, image.embedding_matrix().bits);
  put_u8(bytes, MCL_AT_RESID_FRAC, image.resid_frac);
  put_u8(bytes, MCL_AT_GATE_FRAC, image.gate_frac);
  put_u8(bytes, MCL_AT_NORM_FRAC, image.norm_frac);
  put_u8(bytes, MCL_AT_EMBED_SHIFT, image.embed_shift);
  put_u8(bytes, MCL_AT_CLASSIFIER_SHIFT, image.classifier.shift);
  put_u8(bytes, MCL_AT_FINAL_GAIN_SHIFT, image.final_gain_shift);
  put_u32(bytes, MCL_AT_NORM_NUMERATOR, image.norm_numerator);
  put_u32(bytes, MCL_AT_MAX_ROW_L1, max_row_l1(image));
  put_u32(bytes, MCL_AT_NORM_EPS, image.norm_eps & 0xFFFFFFFF);
  put_u32(bytes, MCL_AT_NORM_EPS_HIGH, image.norm_eps >> 32);
  for (std::size_t i = 0; i < image.rope_step.size(); ++i)
    put_u32(bytes, static_cast<std::uint16_t>(MCL_AT_ROPE_STEP + 4 * i), image.rope_step[i]);
}

}  // namespace

auto parse_model_image(std::span<const std::byte> bytes, std::string_view name) -> Result<ModelImage> {
  const auto kind = image_kind(bytes, name);
  if (!kind) return kind.error();
  if (kind.value() != Kind::model_image)
    return Error{Exit::input, fmt::format("{}: a float image, expected a model image", name),
                 fmt::format("quantize it first: mcullm quantize {} -o OUT.mcm", name)};
  const auto header = read_model_header(bytes, name);
  if (!header) return header.error();
  if (const auto ok = check_sections(header.value(), bytes, name); !ok) return ok.error();

  auto image = numbers_of(header.value(), bytes);
  TapeReader tape(name);
  read_tape(tape, header.value(), bytes, image);
  if (tape.fault()) return *tape.fault();
  if (tape.max_row_l1() != header->max_row_l1)
    return damaged(name,
                   fmt::format("header field 'max_row_l1' is {}, but the largest row of the weights has {}",
                               header->max_row_l1, tape.max_row_l1()));
  auto tokens = read_tokens(bytes.subspan(header->tokenizer_offset, header->tokenizer_bytes),
                            image.shape.vocab_size, name);
  if (!tokens) return tokens.error();
  image.tokens = std::move(*tokens);
  return image;
}

auto write_model_image(const ModelImage& image) -> std::vector<std::byte> {
  struct Part {
    std::uint16_t offset_field, bytes_field, crc_field;
    std::size_t offset, bytes;
  };
  std::vector<Part> parts;
  ByteWriter out;
  TapeWriter tape(out);
  out.pad_to(header_bytes);
  for (const auto& layer : image.layers) tape.put_layer(layer);
  const auto layers_bytes = out.size() - header_bytes;

  const auto put_part = [&](std::uint16_t offset_field, std::uint16_t crc_field, const auto& write) {
    out.pad_to_multiple(sector_bytes);
    const auto offset = out.size();
    write();
    const auto bytes_field = static_cast<std::uint16_t>(offset_field + 4);
    parts.push_back({offset_field, bytes_field, crc_field, offset, out.size() - offset});
  };
  put_part(MCL_AT_CLASSIFIER_OFFSET, MCL_AT_CLASSIFIER_CRC, [&] {
    tape.put_vector(image.final_gains);
    tape.put_matrix(image.classifier);
  });
  if (image.embedding)
    put_part(MCL_AT_EMBEDDING_OFFSET, MCL_AT_EMBEDDING_CRC, [&] { tape.put_matrix(*image.embedding); });
  put_part(MCL_AT_TOKENIZER_OFFSET, MCL_AT_TOKENIZER_CRC, [&] { write_tokens(out, image.tokens); });

  auto bytes = out.take();
  put_common_header(bytes,
                    {.identity = image.identity,
                     .shape = image.shape,
                     .shared_classifier = !image.embedding,
                     .rms_eps = image.rms_eps,
                     .rope_theta = image.rope_theta},
                    Kind::model_image);
  put_numbers(bytes, image);
  put_u32(bytes, MCL_AT_LAYER_BYTES, layers_bytes / image.layers.size());
  put_section_crc(bytes, MCL_AT_LAYERS_CRC, header_bytes, layers_bytes);
  for (const auto& part : parts) {
    put_u32(bytes, part.offset_field, part.offset);
    put_u32(bytes, part.bytes_field, part.bytes);
    put_section_crc(bytes, part.crc_field, part.offset, part.bytes);
  }
  put_header_crc(bytes);
  return bytes;
}

auto sections(std::span<const std::byte> image) -> std::vector<Section> {
  const auto u32 = [&](std::uint16_t at) {
    return mcl_get_u32(reinterpret_cast<const std::uint8_t*>(image.data()) + at);
  };
  const bool model =
      mcl_get_u16(reinterpret_cast<const std::uint8_t*>(image.data()) + MCL_AT_KIND) == MCL_IMAGE_KIND_MODEL;
  const auto layers_end = model ? u32(MCL_AT_CLASSIFIER_OFFSET) : header_bytes + u32(MCL_AT_LAYER_BYTES);
  std::vector<Section> all = {
      {"header", 0, header_bytes},
      {model ? "layers" : "tensors", header_bytes, static_cast<std::uint32_t>(layers_end - header_bytes)},
      {"classifier", u32(MCL_AT_CLASSIFIER_OFFSET), u32(MCL_AT_CLASSIFIER_BYTES)},
      {"embedding", u32(MCL_AT_EMBEDDING_OFFSET), u32(MCL_AT_EMBEDDING_BYTES)},
      {"tokenizer", u32(MCL_AT_TOKENIZER_OFFSET), u32(MCL_AT_TOKENIZER_BYTES)},
  };
  std::erase_if(all, [](const Section& section) { return section.bytes == 0; });
  return all;
}

}  // namespace mcullm::image
