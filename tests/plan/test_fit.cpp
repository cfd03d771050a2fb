// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "boards/board_register.hpp"
#include "plan/fit.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;

namespace {

// stories260K as quantize makes it
const plan::ModelSize stories{{64, 172, 5, 8, 4, 512, 512}, image::KvFormat::k16v8, 8, 8, true, 5000};

auto board(const char* id) -> boards::Board {
  const auto known = boards::load_register("");
  REQUIRE(known);
  const auto found = boards::require_board(*known, id);
  REQUIRE(found);
  return *found;
}

auto with_arena(std::uint64_t bytes) -> boards::Board {
  auto small = board("pico");
  small.memory.arena_bytes = bytes;
  return small;
}

}  // namespace

TEST_CASE("plan: parts stand where the board keeps them", "[plan]") {
  const auto fit = plan::fit(stories, board("uno"));
  CHECK(fit.fits);
  CHECK(fit.obstacles.empty());
  CHECK(fit.remedies.empty());
  REQUIRE(fit.parts.size() == 4);
  CHECK(fit.parts[1].what == "keys and values");
  CHECK(fit.parts[1].place == boards::Place::card);
  CHECK(fit.parts[1].bytes == 5 * 103 * 512);  // a block holds 5 records of 96 bytes
}

TEST_CASE("plan: the largest context fits and one more does not", "[plan]") {
  const auto pico = board("pico");
  auto model = stories;
  model.shape.context = plan::fit(model, pico).largest_context;
  CHECK(plan::fit(model, pico).fits);
  model.shape.context++;
  CHECK_FALSE(plan::fit(model, pico).fits);
}

TEST_CASE("plan: each remedy makes the model fit", "[plan]") {
  const auto arena = GENERATE(as<std::uint64_t>{}, 3000, 11'000, 20'000, 100'000, 200'000);
  const auto small = with_arena(arena);
  const auto fit = plan::fit(stories, small);
  CAPTURE(arena, fit.remedies);
  REQUIRE_FALSE(fit.fits);
  REQUIRE_FALSE(fit.obstacles.empty());
  CHECK_THAT(fit.obstacles.front(),
             Contains("vectors, logits and cache") && Contains("sram has " + std::to_string(arena)));
  for (const auto& remedy : fit.remedies) {
    auto other = stories;
    if (remedy.find("k8v8") != std::string::npos) other.kv_format = image::KvFormat::k8v8;
    if (remedy.find("w4") != std::string::npos) other.layer_bits = other.classifier_bits = 4;
    if (const auto at = remedy.find("--context "); at != std::string::npos)
      other.shape.context = std::stoi(remedy.substr(at + 10));
    CAPTURE(remedy);
    CHECK(plan::fit(other, small).fits);
  }
  CHECK(fit.remedies.empty() == (arena == 3000));
}

TEST_CASE("plan: too little flash asks for 4-bit weights", "[plan]") {
  auto small = board("pico");
  small.memory.flash_bytes = small.agent.model_offset + 200'000;
  small.memory.arena_bytes = 400'000;
  const auto fit = plan::fit(stories, small);
  REQUIRE_FALSE(fit.fits);
  CHECK(fit.remedies == std::vector<std::string>{"--weights w4 --classifier w4"});
  CHECK_THAT(fit.obstacles.front(), Contains("the image") && Contains("flash has 200000"));
  CHECK(fit.largest_context == 0);
}
