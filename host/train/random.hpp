// SPDX-License-Identifier: MIT
// A small generator whose numbers are the same on every computer (the standard distributions are not).
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace mcullm::train {

// SplitMix64: one add and three mixes per number, any seed is a good seed.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  auto next() -> std::uint64_t {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  // 0 <= result < bound
  auto below(std::uint64_t bound) -> std::uint64_t { return (next() >> 32) * bound >> 32; }

  // 0 <= result < 1
  auto uniform() -> double { return static_cast<double>(next() >> 11) * 0x1p-53; }

  auto normal() -> double {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

 private:
  std::uint64_t state_;
};

}  // namespace mcullm::train
