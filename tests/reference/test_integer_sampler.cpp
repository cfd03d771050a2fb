// SPDX-License-Identifier: MIT
#include "reference/integer_sampler.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

namespace mcullm::tests {
namespace {

using reference::IntegerSampler;

const std::vector<std::int32_t> logits = {65536, 196608, 0, 131072, 196608, -655360};

TEST_CASE("integer sampler: greedy takes the lowest index among equals and leaves the state", "[sampler]") {
  IntegerSampler sampler(0, 65536, 42);
  REQUIRE(sampler.choose(logits) == 1);
  REQUIRE(sampler.state() == 42);
}

TEST_CASE("integer sampler: draws follow softmax", "[sampler]") {
  IntegerSampler sampler(reference::inv_temperature(1.0), 65536, 1);
  std::vector<int> drawn(logits.size(), 0);
  constexpr int draws = 200000;
  for (int i = 0; i < draws; i++) drawn[static_cast<std::size_t>(sampler.choose(logits))]++;
  double sum = 0.0;
  for (const auto l : logits) sum += std::exp(l / 65536.0);
  for (std::size_t i = 0; i < logits.size(); i++) {
    REQUIRE(drawn[i] / (1.0 * draws) == Approx(std::exp(logits[i] / 65536.0) / sum).margin(0.004));
  }
}

TEST_CASE("integer sampler: a small nucleus leaves only the likeliest, and equals enter together",
          "[sampler]") {
  IntegerSampler sampler(reference::inv_temperature(1.0), reference::top_p_fixed(0.1), 7);
  std::vector<int> drawn(logits.size(), 0);
  for (int i = 0; i < 1000; i++) drawn[static_cast<std::size_t>(sampler.choose(logits))]++;
  REQUIRE(drawn[1] + drawn[4] == 1000);
  REQUIRE(drawn[1] > 400);
  REQUIRE(drawn[4] > 400);
}

TEST_CASE("integer sampler: settings are clamped to what the fields hold", "[sampler]") {
  REQUIRE(reference::inv_temperature(1.0) == 94548);
  REQUIRE(reference::inv_temperature(1e9) == 1);
  REQUIRE(reference::inv_temperature(1e-9) == 4294967295U);
  REQUIRE(reference::top_p_fixed(1.0) == 65536);
  REQUIRE(reference::top_p_fixed(0.0) == 1);
}

}  // namespace
}  // namespace mcullm::tests
