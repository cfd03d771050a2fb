// SPDX-License-Identifier: MIT
// How fast a board runs a model: tests in the manner of llama-bench, prefill of n tokens or decoding of n
// tokens behind a text of some length, each repeated.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "bench/measured_board.hpp"
#include "bench/op_profile.hpp"
#include "boards/board.hpp"
#include "plan/speed.hpp"
#include "plan/work.hpp"

namespace mcullm::bench {

struct Test {
  enum class Kind { prefill, decode };
  Kind kind = Kind::decode;
  int tokens = 16;
  int depth = 0;  // positions in the cache before

  auto name() const -> std::string;  // "prefill 32", "decode 16 at 128"
};

// One repetition.
struct Sample {
  std::uint64_t ticks = 0;       // of the board, all tokens
  double seconds = 0;            // on this computer, the link included
  std::uint64_t link_bytes = 0;  // both ways
};

struct TestReport {
  Test test;
  std::vector<Sample> samples;
  double tokens_per_second = 0, deviation = 0;  // of the board's own clock, over the repetitions
  double tokens_per_second_here = 0;            // by this computer's clock
  double ticks_per_token = 0, link_bytes_per_token = 0;
  double ticks_per_mac = 0;                                   // of all products, attention's included
  double ticks_per_weight = 0;                                // in matrices, gate and up, classifier alone
  std::array<double, plan::all_work.size()> ticks_by_work{};  // of the test's last token
  std::optional<double> predicted_tokens_per_second;          // by the register of boards
};

struct BenchReport {
  std::string model, formats;
  checkpoint::ModelShape shape;
  std::uint64_t image_bytes = 0, parameters = 0, macs = 0;  // multiplications with a weight, per token
  std::string port, agent_name, board;                      // board: of the register; empty: not in it
  std::uint64_t clock_hz = 0;
  boards::TickUnit unit = boards::TickUnit::cycles;
  double cycles_per_tick = 1;  // estimated where the unit is instructions
  // "measured", "simulated", "estimated": what tokens per second are
  boards::Basis basis = boards::Basis::measured;
  std::uint64_t arena_bytes_used = 0, arena_bytes = 0;
  int repetitions = 0;
  std::vector<TestReport> tests;
  std::optional<OpProfile> profile;  // taken apart from the tests, where it is wanted
};

struct BenchOptions {
  std::vector<Test> tests;
  int repetitions = 3;
};

// Precondition: `board` runs `image`. `known` is its entry in the register, if it has one. Exit::usage when a
// test is longer than the context.
auto run_bench(MeasuredBoard& board, const std::string& port, const image::ModelImage& image,
               std::uint64_t image_bytes, const boards::Board* known, const BenchOptions& options,
               const ProgressFn& progress) -> Result<BenchReport>;

}  // namespace mcullm::bench
