// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "boards/board_register.hpp"
#include "plan/calibrate.hpp"
#include "plan/speed.hpp"
#include "proto/message.h"

using namespace mcullm;

namespace {

const plan::ModelSize stories{{64, 172, 5, 8, 4, 512, 512}, image::KvFormat::k16v8, 8, 8, true, 5000};

// A board whose parts cost a cycle for each thing counted.
auto simple_board() -> boards::Board {
  boards::Board board;
  board.clock_hz = 1'000'000;
  boards::Speed speed;
  for (const auto& kind : boards::cost_kinds)
    speed.costs[std::string(kind.name)] = std::vector<double>(kind.counts, 1.0);
  board.speed = speed;
  return board;
}

auto sum(const std::vector<double>& values) -> double {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// What a board with these costs tells of a token.
auto profiled(const plan::ModelSize& model, int pos, double kept, const boards::Speed& speed)
    -> plan::ProfiledToken {
  plan::ProfiledToken token{{model, pos, kept}, 0, std::vector<std::uint32_t>(MCL_OP_COUNT)};
  const std::map<plan::Work, mcl_op_t> place = {
      {plan::Work::embedding, MCL_OP_EMBED},     {plan::Work::norms, MCL_OP_FFN_NORM},
      {plan::Work::matrices, MCL_OP_K},          {plan::Work::rotation, MCL_OP_V_CACHE},
      {plan::Work::attention, MCL_OP_ATTENTION}, {plan::Work::gate_up, MCL_OP_HIDDEN},
      {plan::Work::classifier, MCL_OP_LOGITS}};
  for (const auto work : plan::all_work) {
    const auto count = plan::counts(work, token);
    const auto& cost = speed.costs.at(plan::cost_names(work, model).back());
    const auto ticks =
        static_cast<std::uint32_t>(std::inner_product(count.begin(), count.end(), cost.begin(), 0.5));
    if (place.contains(work)) token.by_op[place.at(work)] = ticks;
    token.ticks += ticks;
  }
  return token;
}

}  // namespace

TEST_CASE("plan: weights are counted as the reference counts them", "[plan]") {
  const double weights = plan::counts(plan::Work::matrices, {stories, 0, 0})[0] +
                         plan::counts(plan::Work::gate_up, {stories, 0, 0})[0] +
                         plan::counts(plan::Work::classifier, {stories, 0, 0})[0];
  CHECK(weights == 259'328);
  CHECK(plan::counts(plan::Work::attention, {stories, 9, 0})[0] == 5 * 10 * 64);
}

TEST_CASE("plan: every count has a name in the register", "[plan]") {
  for (const auto work : plan::all_work) {
    for (const auto& name : plan::cost_names(work, stories)) {
      const auto* kind = std::find_if(boards::cost_kinds.begin(), boards::cost_kinds.end(),
                                      [&](const auto& known) { return known.name == name; });
      CAPTURE(name);
      REQUIRE(kind != boards::cost_kinds.end());
      CHECK(kind->counts == plan::counts(work, {stories, 0, 0}).size());
    }
  }
}

TEST_CASE("plan: a prediction adds up its parts and names its bound", "[plan]") {
  auto board = simple_board();
  const auto free = plan::predict(stories, board, 100);
  REQUIRE(free);
  double ticks = 0;
  for (const auto work : plan::all_work) ticks += sum(plan::counts(work, {stories, 100, 0}));
  CHECK(free->cycles == Approx(ticks));
  CHECK(free->tokens_per_second == Approx(1e6 / ticks));
  CHECK(free->bound == "compute");

  board.speed->cycles_per_weight_byte = 1.5;  // within the cycles of the costs
  const auto flash = plan::predict(stories, board, 100);
  CHECK(flash->cycles == Approx(ticks));
  CHECK(flash->bound == "flash");

  board.speed->unit = boards::TickUnit::instructions;  // which wait for nothing
  board.speed->cycles_per_tick = 1.5;
  const auto both = plan::predict(stories, board, 100);
  const auto bytes = static_cast<double>(stories.layers_bytes() + stories.classifier_bytes());
  CHECK(both->cycles == Approx(1.5 * ticks + 1.5 * bytes));

  board.link.rate_baud = 100;
  CHECK(plan::predict(stories, board, 100)->bound == "link");
  board.speed->costs.erase("norms");
  CHECK_FALSE(plan::predict(stories, board, 100));
}

TEST_CASE("plan: calibration finds the costs that made the profiles", "[plan]") {
  const auto board = simple_board();
  auto speed = *board.speed;
  double value = 3;
  for (auto& [name, costs] : speed.costs)
    for (auto& cost : costs) cost = (value = std::fmod(value * 7 + 5, 97)) + 1;
  std::vector<plan::ProfiledToken> tokens;
  for (const int dim : {16, 32, 48, 64})
    for (const int hidden : {20, 96, 172})
      for (const int vocab : {64, 512})
        for (const int pos : {0, 7, 63}) {
          const int layers = 1 + (dim + hidden + vocab) / 16 % 3, heads = hidden == 96 ? 8 : 2;
          tokens.push_back(
              profiled({{dim, hidden, layers, heads, heads, vocab, 64}, image::KvFormat::k8v8, 8, 8, true, 0},
                       pos, (dim / 16 + hidden / 20 + vocab / 64 + pos) % 4 / 4.0, speed));
        }
  const auto calibration = plan::calibrate(tokens);
  CHECK(calibration.worst_error < 0.02);
  for (const auto* name : {"matrices_w8", "gate_up_w8", "classifier_w8", "norms", "attention_k8v8"}) {
    const auto& found = calibration.costs.at(name);
    const auto& made = speed.costs.at(name);
    for (std::size_t i = 0; i < made.size(); ++i) {
      CAPTURE(name, i, found[i], made[i]);
      CHECK(found[i] == Approx(made[i]).epsilon(0.03).margin(2));
    }
  }
}

TEST_CASE("plan: calibration never answers negative costs", "[plan]") {
  // ticks fall with the size: no honest cost explains that
  std::vector<plan::ProfiledToken> tokens;
  for (const int vocab : {64, 128, 256}) {
    plan::ProfiledToken token{
        {{{16, 16, 1, 2, 2, vocab, 64}, image::KvFormat::k8v8, 8, 8, true, 0}, 0, 0}, 0, {}};
    token.by_op.assign(MCL_OP_COUNT, 10);
    token.by_op[MCL_OP_LOGITS] = static_cast<std::uint32_t>(1000 - vocab);
    token.ticks = 3000;
    tokens.push_back(token);
  }
  for (const auto& [name, costs] : plan::calibrate(tokens).costs)
    for (const double cost : costs) CHECK(cost >= 0);
}
