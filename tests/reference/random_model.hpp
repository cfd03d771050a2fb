// SPDX-License-Identifier: MIT
// Small models of random numbers: integer ones whose vectors use their ranges without all clipping, float
// ones for the quantizer.
#pragma once

#include <cstdint>

#include "checkpoint/float_model.hpp"
#include "image/model_image.hpp"

namespace mcullm::tests {

struct RandomModel {
  checkpoint::ModelShape shape;
  image::KvFormat kv_format = image::KvFormat::k8v8;
  int bits = 8;
  bool shared_classifier = true;
  std::uint64_t seed = 1;
};

auto random_model_image(const RandomModel& wanted) -> image::ModelImage;

// Weights of about 1/sqrt(columns) times `scale`.
auto random_float_image(const checkpoint::ModelShape& shape, bool shared_classifier, std::uint64_t seed,
                        double scale = 1.0) -> image::FloatImage;

}  // namespace mcullm::tests
