// SPDX-License-Identifier: MIT
// Random images of both kinds. Their numbers mean nothing, but every one is allowed.
#pragma once

#include <cstdint>

#include "checkpoint/float_model.hpp"
#include "image/model_image.hpp"

namespace mcullm::tests {

struct Storage {
  int layer_bits = 8, classifier_bits = 8, embedding_bits = 8;
  bool shared_classifier = true;  // embedding_bits is then that of the classifier
  image::KvFormat kv_format = image::KvFormat::k16v8;
};

auto sample_model_image(const checkpoint::ModelShape& shape, const Storage& storage, std::uint32_t seed)
    -> image::ModelImage;

auto sample_float_image(const checkpoint::ModelShape& shape, bool shared_classifier, std::uint32_t seed)
    -> image::FloatImage;

}  // namespace mcullm::tests
