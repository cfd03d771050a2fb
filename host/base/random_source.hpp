// SPDX-License-Identifier: MIT
// Random numbers that are the same on every machine (splitmix64).
#pragma once

#include <cstdint>
#include <vector>

namespace mcullm {

class RandomSource {
 public:
  explicit RandomSource(std::uint64_t seed) : state_(seed) {}

  auto next() -> std::uint64_t {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  // from least to most, both included
  auto integer(std::int64_t least, std::int64_t most) -> std::int64_t {
    return least + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(most - least + 1));
  }

  // in [-1, 1)
  auto real() -> double { return static_cast<double>(next() >> 11) / 4503599627370496.0 - 1.0; }

  template <class T>
  auto integers(int count, std::int64_t least, std::int64_t most) -> std::vector<T> {
    std::vector<T> values;
    for (int i = 0; i < count; i++) values.push_back(static_cast<T>(integer(least, most)));
    return values;
  }

  auto floats(int count, double scale) -> std::vector<float> {
    std::vector<float> values;
    for (int i = 0; i < count; i++) values.push_back(static_cast<float>(scale * real()));
    return values;
  }

 private:
  std::uint64_t state_;
};

}  // namespace mcullm
