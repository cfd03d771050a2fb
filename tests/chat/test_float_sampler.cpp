// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "chat/float_sampler.hpp"

using mcullm::chat::FloatSampler;

TEST_CASE("float sampler: temperature 0 takes the first of the greatest", "[chat]") {
  FloatSampler sampler(0.0F, 0.9F, 1);
  CHECK(sampler.choose(std::vector{0.5F, 2.0F, 2.0F, -1.0F}) == 1);
}

TEST_CASE("float sampler: the random numbers are those of run.c", "[chat]") {
  // with all probabilities equal and top_p off, the token is the coin's place among vocab slots
  const std::vector<float> flat(1024, 0.0F);
  FloatSampler sampler(1.0F, 1.0F, 42);
  std::uint64_t state = 42;
  for (int i = 0; i < 100; ++i) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    const auto coin = static_cast<double>(state * 0x2545F4914F6CDD1DULL >> 40) / 16777216.0;
    CHECK(sampler.choose(flat) == static_cast<int>(coin * 1024));
  }
}

TEST_CASE("float sampler: tokens outside the nucleus never appear, those inside by their share", "[chat]") {
  const std::vector<float> logits = {std::log(0.1F), std::log(0.6F), std::log(0.25F), std::log(0.05F)};
  FloatSampler sampler(1.0F, 0.8F, 7);
  std::map<int, int> counts;
  for (int i = 0; i < 10'000; ++i) ++counts[sampler.choose(logits)];
  REQUIRE(counts.size() == 2);
  CHECK(counts[1] == Approx(10'000 * 0.6 / 0.85).epsilon(0.05));
  CHECK(counts[2] == Approx(10'000 * 0.25 / 0.85).epsilon(0.05));
}

TEST_CASE("float sampler: a nucleus too small for any token is the likeliest one", "[chat]") {
  const std::vector<float> flat(64, 1.0F);
  FloatSampler sampler(1.0F, 0.001F, 3);
  for (int i = 0; i < 100; ++i) CHECK(sampler.choose(flat) == 0);
}
