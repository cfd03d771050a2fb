// SPDX-License-Identifier: MIT
// Model images of random numbers whose vectors use their ranges without all clipping: for measurements, and
// for tests. They say nothing, but they take the time and the memory of a trained model of that shape.
#pragma once

#include <cstdint>
#include <vector>

#include "checkpoint/float_model.hpp"
#include "image/model_image.hpp"

namespace mcullm::image {

struct RandomModel {
  checkpoint::ModelShape shape;
  KvFormat kv_format = KvFormat::k8v8;
  int bits = 8;
  bool shared_classifier = true;
  std::uint64_t seed = 1;
};

// One-letter pieces after <unk>, bos and eos, then letters with numbers: a tokenizer for any vocabulary.
auto letter_tokens(int count) -> std::vector<Token>;

auto random_model_image(const RandomModel& wanted) -> ModelImage;

}  // namespace mcullm::image
