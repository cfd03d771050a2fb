// SPDX-License-Identifier: MIT
// The sampler of llama2.c's run.c, down to its random numbers and the order of its float sums.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mcullm::chat {

// The default seed of a run that asked for none; never 0.
auto fresh_seed() -> std::uint64_t;

class FloatSampler {
 public:
  // Temperature 0 is greedy. top_p outside (0, 1) samples from all tokens. The seed is not 0.
  FloatSampler(float temperature, float top_p, std::uint64_t seed)
      : temperature_(temperature), top_p_(top_p), state_(seed) {}

  // Precondition: logits, float[vocab], are finite and not empty. Greedy leaves the random state alone.
  auto choose(std::span<const float> logits) -> int;

 private:
  struct Candidate {
    float probability;
    int token;
  };

  auto random_unit() -> float;
  auto choose_from_nucleus(float coin) -> int;

  float temperature_, top_p_;
  std::uint64_t state_;
  std::vector<float> probabilities_;  // (vocab)
  std::vector<Candidate> candidates_;
};

}  // namespace mcullm::chat
