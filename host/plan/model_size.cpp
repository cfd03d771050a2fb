// SPDX-License-Identifier: MIT
#include "plan/model_size.hpp"

#include <fmt/format.h>

namespace mcullm::plan {

namespace {

constexpr std::uint64_t sector = 512;

auto whole_sectors(std::uint64_t bytes) -> std::uint64_t { return (bytes + sector - 1) / sector * sector; }

// proto/IMAGE.md section 2: blocks of two rows with their multipliers.
auto matrix_bytes(int rows, int cols, int bits) -> std::uint64_t {
  const auto row = (static_cast<std::uint64_t>(cols) * static_cast<std::uint64_t>(bits) + 31) / 32 * 4;
  return (static_cast<std::uint64_t>(rows) + 1) / 2 * (2 * row + 4);
}

// Section 3, without padding.
auto layer_bytes(const ModelSize& m) -> std::uint64_t {
  const auto& s = m.shape;
  const int dim = s.dim, kv = s.kv_dim(), hidden = s.hidden_dim, bits = m.layer_bits;
  const auto vectors = 16 + 2 * static_cast<std::uint64_t>(2 * dim + kv);
  return vectors + 2 * matrix_bytes(dim, dim, bits) + 2 * matrix_bytes(kv, dim, bits) +
         matrix_bytes(2 * hidden, dim, bits) + matrix_bytes(dim, hidden, bits);
}

}  // namespace

auto ModelSize::layers_bytes() const -> std::uint64_t {
  return static_cast<std::uint64_t>(shape.n_layers) * whole_sectors(layer_bytes(*this));
}

auto ModelSize::classifier_bytes() const -> std::uint64_t {
  return 2 * static_cast<std::uint64_t>(shape.dim) +
         matrix_bytes(shape.vocab_size, shape.dim, classifier_bits);
}

auto ModelSize::image_bytes() const -> std::uint64_t {
  const auto embedding = shared_classifier ? 0 : matrix_bytes(shape.vocab_size, shape.dim, classifier_bits);
  return sector + layers_bytes() + whole_sectors(classifier_bytes()) + whole_sectors(embedding) +
         tokenizer_bytes;
}

auto size_of(const image::ModelImage& image, std::uint64_t tokenizer_bytes) -> ModelSize {
  return {image.shape,
          image.kv_format,
          image.layers.front().wq.bits,
          image.classifier.bits,
          !image.embedding.has_value(),
          tokenizer_bytes};
}

auto format_name(const ModelSize& model) -> std::string {
  if (model.layer_bits == model.classifier_bits)
    return fmt::format("w{} {}", model.layer_bits, name(model.kv_format));
  return fmt::format("w{} classifier w{} {}", model.layer_bits, model.classifier_bits, name(model.kv_format));
}

}  // namespace mcullm::plan
