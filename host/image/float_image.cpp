// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "checkpoint/tensors.hpp"
#include "image/header.hpp"
#include "image/model_image.hpp"
#include "image/tokenizer_section.hpp"
#include "proto/bytes.h"
#include "proto/image_fields.h"

namespace mcullm::image {

auto parse_float_image(std::span<const std::byte> bytes, std::string_view name) -> Result<FloatImage> {
  const auto kind = image_kind(bytes, name);
  if (!kind) return kind.error();
  if (kind.value() != Kind::float_image)
    return Error{Exit::input, fmt::format("{}: a model image, expected a float image", name),
                 "name what mcullm convert wrote"};
  if (const auto ok = check_float_header(bytes, name); !ok) return ok.error();

  const auto common = read_common_header(bytes);
  const auto tensors_bytes =
      sizeof(float) * checkpoint::parameter_count(common.shape, common.shared_classifier);
  const auto tensors = checked_section(bytes, header_bytes, tensors_bytes, MCL_AT_LAYERS_CRC, name);
  if (!tensors) return tensors.error();
  const auto tokenizer_offset = align_to_sector(header_bytes + tensors_bytes);
  const auto tokenizer =
      checked_section(bytes, tokenizer_offset, bytes.size() - tokenizer_offset, MCL_AT_TOKENIZER_CRC, name);
  if (!tokenizer) return tokenizer.error();

  FloatImage image{.identity = common.identity, .model = {}, .tokens = {}};
  image.model.shape = common.shape;
  image.model.shared_classifier = common.shared_classifier;
  image.model.norm_eps = common.rms_eps;
  image.model.rope_theta = common.rope_theta;
  SpanReader in(tensors.value());
  for (const auto& tensor : checkpoint::tensors_of(common.shape, common.shared_classifier)) {
    if (const auto ok = checkpoint::read_tensor(in, tensor, image.model, name); !ok) return ok.error();
  }
  auto tokens = read_tokens(tokenizer.value(), common.shape.vocab_size, name);
  if (!tokens) return tokens.error();
  image.tokens = std::move(*tokens);
  return image;
}

auto write_float_image(const FloatImage& image) -> std::vector<std::byte> {
  const auto& model = image.model;
  ByteWriter out;
  out.pad_to(header_bytes);
  for (const auto& tensor : checkpoint::tensors_of(model.shape, model.shared_classifier))
    checkpoint::write_tensor(out, tensor, model);
  const auto tensors_bytes = out.size() - header_bytes;
  out.pad_to_multiple(sector_bytes);
  const auto tokenizer_offset = out.size();
  write_tokens(out, image.tokens);
  const auto tokenizer_bytes = out.size() - tokenizer_offset;

  auto bytes = out.take();
  put_common_header(bytes,
                    {.identity = image.identity,
                     .shape = model.shape,
                     .shared_classifier = model.shared_classifier,
                     .rms_eps = model.norm_eps,
                     .rope_theta = model.rope_theta},
                    Kind::float_image);
  for (const auto bits : {MCL_AT_LAYER_BITS, MCL_AT_CLASSIFIER_BITS, MCL_AT_EMBEDDING_BITS})
    put_u8(bytes, bits, 32);
  put_u32(bytes, MCL_AT_LAYER_BYTES, tensors_bytes);
  put_u32(bytes, MCL_AT_TOKENIZER_OFFSET, tokenizer_offset);
  put_u32(bytes, MCL_AT_TOKENIZER_BYTES, tokenizer_bytes);
  put_section_crc(bytes, MCL_AT_LAYERS_CRC, header_bytes, tensors_bytes);
  put_section_crc(bytes, MCL_AT_TOKENIZER_CRC, tokenizer_offset, tokenizer_bytes);
  put_header_crc(bytes);
  return bytes;
}

}  // namespace mcullm::image
