// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "chat/verifier.hpp"
#include "reference_board.hpp"

using namespace mcullm;

namespace {

struct Bench {
  image::ModelImage image = tests::small_model();
  tests::ReferenceBoard board{image};
  chat::Verifier verifier{image};
  link::GenerateRequest request{.token = 5,
                                .pos = 3,
                                .count = 10,
                                .stop_at_end = false,
                                .inv_temperature = 94548,
                                .top_p = 58982,
                                .random_state = 99};
  std::vector<int> prompt = {1, 3, 4};
  link::PrefillResult prefilled;
  link::GenerateResult generated;

  Bench() {
    prefilled = *board.prefill(0, prompt);
    generated = *board.generate(request, {});
  }

  // What the verifier says about the results as they stand now.
  auto verdict(bool complete = true) -> std::optional<chat::Disagreement> {
    verifier.begin();
    verifier.prefilled(0, prompt, prefilled.state_crcs);
    verifier.generated(request, generated, complete);
    const std::atomic<bool> never = false;
    verifier.wait(never);
    return verifier.disagreement();
  }
};

}  // namespace

TEST_CASE("verifier: right results pass, each position counted", "[chat]") {
  Bench bench;
  CHECK_FALSE(bench.verdict());
  CHECK(bench.verifier.count().checked == 13);
  CHECK(bench.verifier.count().handed_in == 13);
}

TEST_CASE("verifier: every single wrong number is found at its position", "[chat]") {
  Bench bench;
  SECTION("a state CRC of the prompt") {
    const auto i = GENERATE(range(std::size_t{0}, std::size_t{3}));
    bench.prefilled.state_crcs[i] ^= 0x80000000;
    const auto found = bench.verdict();
    REQUIRE(found);
    CHECK(found->position == static_cast<int>(i));
    CHECK(found->quantity == "state CRC");
    CHECK(found->expected == (found->got ^ 0x80000000));
  }
  SECTION("a logits CRC") {
    const auto i = GENERATE(range(std::size_t{0}, std::size_t{10}));
    bench.generated.tokens[i].logits_crc ^= 1;
    const auto found = bench.verdict();
    REQUIRE(found);
    CHECK(found->position == 3 + static_cast<int>(i));
    CHECK(found->quantity == "logits CRC");
    CHECK(bench.verifier.count().checked == 3 + static_cast<int>(i));
  }
  SECTION("a chosen token") {
    const auto i = GENERATE(range(std::size_t{0}, std::size_t{10}));
    bench.generated.tokens[i].token = (bench.generated.tokens[i].token + 1) % 40;
    const auto found = bench.verdict();
    REQUIRE(found);
    CHECK(found->position == 3 + static_cast<int>(i));
    CHECK(found->quantity == "chosen token");
  }
  SECTION("a token outside the vocabulary, which nothing may run") {
    bench.generated.tokens[4].token = 4711;
    const auto found = bench.verdict();
    REQUIRE(found);
    CHECK(found->quantity == "chosen token");
  }
  SECTION("the random state, unless the request was stopped") {
    bench.generated.random_state ^= 1;
    CHECK_FALSE(bench.verdict(false));
    const auto found = bench.verdict();
    REQUIRE(found);
    CHECK(found->quantity == "random state");
  }
}

TEST_CASE("verifier: what comes after a disagreement is counted and not checked", "[chat]") {
  Bench bench;
  bench.prefilled.state_crcs[0] ^= 1;
  REQUIRE(bench.verdict());
  bench.verifier.generated(bench.request, bench.generated, true);
  CHECK(bench.verifier.count().checked == 0);
  CHECK(bench.verifier.count().handed_in >= 13);
}

TEST_CASE("verifier: waiting ends when the user wants no more", "[chat]") {
  Bench bench;
  const std::atomic<bool> at_once = true;
  bench.verifier.prefilled(0, bench.prompt, bench.prefilled.state_crcs);
  for (int i = 0; i < 50; ++i) bench.verifier.generated(bench.request, bench.generated, true);
  bench.verifier.wait(at_once);
  bench.verifier.begin();
  CHECK(bench.verifier.count().handed_in == 0);
}
