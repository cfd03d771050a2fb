// SPDX-License-Identifier: MIT
// Small models of random numbers: integer ones (image/random_model.hpp), float ones for the quantizer.
#pragma once

#include <cstdint>

#include "checkpoint/float_model.hpp"
#include "image/model_image.hpp"
#include "image/random_model.hpp"

namespace mcullm::tests {

using image::random_model_image;
using image::RandomModel;

// Weights of about 1/sqrt(columns) times `scale`.
auto random_float_image(const checkpoint::ModelShape& shape, bool shared_classifier, std::uint64_t seed,
                        double scale = 1.0) -> image::FloatImage;

}  // namespace mcullm::tests
