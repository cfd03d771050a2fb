// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "train/training_state.hpp"

using namespace mcullm::train;
using Catch::Matchers::Contains;

namespace {

auto sample_state() -> TrainingState {
  return {
      7, 8, 9, 6, 1.25, Buffer{1.0F, -2.0F}, Buffer{0.5F, 0.25F}, Buffer{0.0F, 4.0F}, Buffer{3.0F, -1.0F}};
}

auto refusal(std::span<const std::byte> bytes, std::size_t parameters = 2) -> std::string {
  const auto parsed = parse_training_state(bytes, parameters, "s");
  REQUIRE(!parsed);
  return parsed.error().what;
}

}  // namespace

TEST_CASE("training state: what was written is read", "[train][state]") {
  const auto state = parse_training_state(write_training_state(sample_state()), 2, "s");
  REQUIRE(state);
  REQUIRE((state->recipe == 7 && state->step == 8 && state->tokens == 9));
  REQUIRE((state->best_step == 6 && state->best_loss == 1.25));
  REQUIRE(state->parameters == sample_state().parameters);
  REQUIRE(state->mean == sample_state().mean);
  REQUIRE(state->variance == sample_state().variance);
  REQUIRE(state->best_parameters == sample_state().best_parameters);
}

TEST_CASE("training state: damaged files are refused with the reason", "[train][state]") {
  const auto good = write_training_state(sample_state());
  for (std::size_t length = 0; length < good.size(); ++length)
    REQUIRE(!refusal(std::span(good).first(length)).empty());
  auto longer = good;
  longer.push_back(std::byte{0});
  REQUIRE_THAT(refusal(longer), Contains("bytes of arrays"));
  auto other = good;
  other[0] = std::byte{0};
  REQUIRE_THAT(refusal(other), Contains("not a training state"));
  auto flipped = good;
  flipped.back() ^= std::byte{1};
  REQUIRE_THAT(refusal(flipped), Contains("checksum"));
  REQUIRE_THAT(refusal(good, 3), Contains("holds 2 parameters, this shape has 3"));
}
