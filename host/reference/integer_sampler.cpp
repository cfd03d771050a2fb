// SPDX-License-Identifier: MIT
#include "reference/integer_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "reference/arithmetic.hpp"

namespace mcullm::reference {

namespace {

constexpr std::uint64_t distance_end = 6400;  // where a token's weight becomes 0

auto weight(std::uint64_t d) -> std::uint64_t {
  if (d >= distance_end) return 0;
  return static_cast<std::uint64_t>(exp2_table()[d % 256]) * 512 >> (d / 256);
}

// D of the document, from the weights of the tokens at each distance.
auto nucleus_end(std::span<const std::uint64_t> mass_at, std::uint64_t total, std::uint32_t top_p)
    -> std::uint64_t {
  if (top_p == 65536) return distance_end;
  const std::uint64_t wanted = total * top_p / 65536;
  std::uint64_t sum = 0, d = 0;
  while ((sum += mass_at[d]) < wanted) d++;
  return d;
}

}  // namespace

auto inv_temperature(double temperature) -> std::uint32_t {
  const double fixed = std::round(std::numbers::log2e / temperature * 65536.0);
  return static_cast<std::uint32_t>(std::clamp(fixed, 1.0, 4294967295.0));
}

auto top_p_fixed(double top_p) -> std::uint32_t {
  return static_cast<std::uint32_t>(std::clamp(std::round(top_p * 65536.0), 1.0, 65536.0));
}

auto IntegerSampler::random24() -> std::uint64_t {
  state_ ^= state_ >> 12;
  state_ ^= state_ << 25;
  state_ ^= state_ >> 27;
  return state_ * 0x2545F4914F6CDD1DULL >> 40;
}

auto IntegerSampler::choose(std::span<const std::int32_t> logits) -> int {
  const auto max = std::max_element(logits.begin(), logits.end());
  if (inv_temperature_ == 0) return static_cast<int>(max - logits.begin());

  std::vector<std::uint64_t> distance;
  std::vector<std::uint64_t> mass_at(distance_end + 1, 0);
  std::uint64_t total = 0;
  for (const std::int32_t logit : logits) {
    const auto below = static_cast<std::uint64_t>(std::int64_t{*max} - logit);
    const std::uint64_t d = std::min(below * inv_temperature_ >> 24, distance_end);
    distance.push_back(d);
    mass_at[d] += weight(d);
    total += weight(d);
  }
  const std::uint64_t end = nucleus_end(mass_at, total, top_p_);
  std::uint64_t mass = 0;
  for (std::uint64_t d = 0; d <= end; d++) mass += mass_at[d];

  const std::uint64_t target = mass * random24() >> 24;
  std::uint64_t sum = 0;
  std::size_t token = 0;
  for (;; token++) {
    if (distance[token] > end) continue;
    sum += weight(distance[token]);
    if (sum > target) return static_cast<int>(token);
  }
}

}  // namespace mcullm::reference
