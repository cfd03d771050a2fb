// SPDX-License-Identifier: MIT
// What planning needs to know of a model, and how its size changes with its formats.
#pragma once

#include <cstdint>

#include "checkpoint/float_model.hpp"
#include "image/model_image.hpp"

namespace mcullm::plan {

struct ModelSize {
  checkpoint::ModelShape shape;
  image::KvFormat kv_format = image::KvFormat::k8v8;
  int layer_bits = 8, classifier_bits = 8;
  bool shared_classifier = true;
  std::uint64_t tokenizer_bytes = 0;

  // Bytes of the whole image (proto/IMAGE.md).
  auto image_bytes() const -> std::uint64_t;
  // Of these, what a token reads: all layers, and the classifier.
  auto layers_bytes() const -> std::uint64_t;
  auto classifier_bytes() const -> std::uint64_t;
};

auto size_of(const image::ModelImage& image, std::uint64_t tokenizer_bytes) -> ModelSize;

// "w8 k16v8": the formats as quantize's options spell them.
auto format_name(const ModelSize& model) -> std::string;

}  // namespace mcullm::plan
