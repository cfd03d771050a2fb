// SPDX-License-Identifier: MIT
// Stories from a model in training. For a look now and then: each token runs the whole sequence again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "train/encoder.hpp"
#include "train/sequence_pass.hpp"

namespace mcullm::train {

struct SampleOptions {
  float temperature = 0.7F;
  float top_p = 0.9F;
  std::uint64_t seed = 1;
};

struct StorySample {
  std::string prompt;
  std::string text;       // begins with the prompt
  bool finished = false;  // the model ended it before the context was full
};

auto sample_story(SequencePass& pass, const Weights& weights, Encoder& encoder, std::string_view prompt,
                  const SampleOptions& options) -> StorySample;

}  // namespace mcullm::train
