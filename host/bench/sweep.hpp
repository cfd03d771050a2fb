// SPDX-License-Identifier: MIT
// Many shapes with random weights on one running board, one after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "bench/measured_board.hpp"
#include "bench/sweep_set.hpp"
#include "boards/board.hpp"
#include "plan/calibrate.hpp"

namespace mcullm::bench {

struct SweepRow {
  std::size_t index = 0;  // in the set
  SweepModel model;
  std::uint64_t parameters = 0, image_bytes = 0, arena_bytes = 0;
  std::string refused;                      // why the board does not run it; empty: it does
  std::vector<plan::ProfiledToken> tokens;  // one per position
};

struct SweepReport {
  std::string title, source, port, agent_name, board;  // board: of the register; empty: not in it
  std::uint64_t clock_hz = 0, arena_bytes = 0;
  boards::TickUnit unit = boards::TickUnit::cycles;
  double cycles_per_tick = 1;  // estimated where the unit is instructions
  boards::Basis basis = boards::Basis::measured;
  std::size_t models = 0;  // of the whole set
  std::vector<SweepRow> rows;
};

struct SweepOptions {
  std::vector<int> positions = {0, 31};  // of the context, as far as it reaches
  std::size_t shard = 1, shards = 1;     // every `shards`-th model, from the `shard`-th on
  std::uint64_t seed = 1;
};

// The image of a model of the set: random weights, the same ones for the same seed.
auto sweep_image(const SweepModel& model, std::uint64_t seed) -> std::vector<std::byte>;

// What a model of the set weighs in planning: shape and formats.
auto size_of(const SweepModel& model) -> plan::ModelSize;

// Measures the shard's models. One that the board refuses is a row, not an error. `known` is the board's
// entry in the register, if it has one.
auto run_sweep(MeasuredBoard& board, const std::string& port, const SweepSet& set, const boards::Board* known,
               const SweepOptions& options, const ProgressFn& progress) -> Result<SweepReport>;

}  // namespace mcullm::bench
