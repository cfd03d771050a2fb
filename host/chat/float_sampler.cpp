// SPDX-License-Identifier: MIT
#include "chat/float_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace mcullm::chat {
namespace {

auto argmax(std::span<const float> values) -> int {
  return static_cast<int>(std::max_element(values.begin(), values.end()) - values.begin());
}

// in place, with run.c's order of sums
void softmax(std::span<float> x) {
  const float max = *std::max_element(x.begin(), x.end());
  float sum = 0.0F;
  for (float& value : x) {
    value = std::exp(value - max);
    sum += value;
  }
  for (float& value : x) value /= sum;
}

auto choose_from_all(std::span<const float> probabilities, float coin) -> int {
  float sum = 0.0F;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    sum += probabilities[i];
    if (coin < sum) return static_cast<int>(i);
  }
  return static_cast<int>(probabilities.size()) - 1;
}

}  // namespace

auto fresh_seed() -> std::uint64_t {
  std::random_device device;
  return device() | std::uint64_t{1};  // 32 bits are easy to type again
}

auto FloatSampler::random_unit() -> float {
  state_ ^= state_ >> 12;
  state_ ^= state_ << 25;
  state_ ^= state_ >> 27;
  return static_cast<float>(state_ * 0x2545F4914F6CDD1DULL >> 40) / 16777216.0F;
}

auto FloatSampler::choose_from_nucleus(float coin) -> int {
  // tokens below this cannot be in the nucleus: a shorter list to sort
  const float cutoff = (1.0F - top_p_) / static_cast<float>(probabilities_.size() - 1);
  candidates_.clear();
  for (std::size_t i = 0; i < probabilities_.size(); ++i)
    if (probabilities_[i] >= cutoff) candidates_.push_back({probabilities_[i], static_cast<int>(i)});
  if (candidates_.empty()) return argmax(probabilities_);
  std::stable_sort(candidates_.begin(), candidates_.end(),
                   [](const Candidate& a, const Candidate& b) { return a.probability > b.probability; });

  float mass = 0.0F;
  std::size_t last = candidates_.size() - 1;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    mass += candidates_[i].probability;
    if (mass > top_p_) {
      last = i;
      break;
    }
  }
  const float target = coin * mass;
  float sum = 0.0F;
  for (std::size_t i = 0; i <= last; ++i) {
    sum += candidates_[i].probability;
    if (target < sum) return candidates_[i].token;
  }
  return candidates_[last].token;
}

auto FloatSampler::choose(std::span<const float> logits) -> int {
  if (temperature_ == 0.0F) return argmax(logits);
  probabilities_.assign(logits.begin(), logits.end());
  for (float& value : probabilities_) value /= temperature_;
  softmax(probabilities_);
  const float coin = random_unit();
  const bool all = top_p_ <= 0.0F || top_p_ >= 1.0F;
  return all ? choose_from_all(probabilities_, coin) : choose_from_nucleus(coin);
}

}  // namespace mcullm::chat
