// SPDX-License-Identifier: MIT
#include "bench/sweep.hpp"

#include <algorithm>

#include "bench/board_clock.hpp"
#include "checkpoint/tensors.hpp"
#include "image/random_model.hpp"
#include "plan/arena.hpp"

namespace mcullm::bench {

namespace {

// The positions that the context has, each once; the last stands for all that are beyond it.
auto positions_within(const std::vector<int>& wanted, int context) -> std::vector<int> {
  std::vector<int> positions;
  for (const int pos : wanted) positions.push_back(std::min(pos, context - 1));
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  return positions;
}

auto measure(MeasuredBoard& board, const boards::Places& places, const SweepOptions& options, SweepRow& row)
    -> Result<Ok> {
  const auto image = sweep_image(row.model, options.seed);
  row.image_bytes = image.size();
  row.parameters = checkpoint::parameter_count(row.model.shape, true);
  if (auto running = board.run(image, no_progress); !running) {
    if (running.error().exit != Exit::refused) return running;
    row.refused = running.error().what;
    return Ok{};
  }
  const auto stats = board.board().stats();
  if (!stats) return stats.error();
  row.arena_bytes = stats->arena_bytes;
  const auto size = size_of(row.model);
  const double kept = plan::kept_share(size, places, board.board().hello().arena_bytes);
  for (const int pos : positions_within(options.positions, row.model.shape.context)) {
    auto token = board.profile_token({size, pos, kept});
    if (!token) return token.error();
    row.tokens.push_back(std::move(*token));
  }
  return Ok{};
}

}  // namespace

auto sweep_image(const SweepModel& model, std::uint64_t seed) -> std::vector<std::byte> {
  auto image = image::random_model_image(
      {.shape = model.shape, .kv_format = model.kv_format, .bits = model.bits, .seed = seed});
  image.identity.name = model.name.substr(0, image::max_name_bytes);
  return image::write_model_image(image);
}

auto size_of(const SweepModel& model) -> plan::ModelSize {
  return {model.shape, model.kv_format, model.bits, model.bits, true, 0};
}

auto run_sweep(MeasuredBoard& board, const std::string& port, const SweepSet& set, const boards::Board* known,
               const SweepOptions& options, const ProgressFn& progress) -> Result<SweepReport> {
  const auto clock = board_clock(board.board(), port, known);
  if (!clock) return clock.error();
  SweepReport report;
  report.title = set.title;
  report.source = set.source;
  report.port = port;
  report.agent_name = board.board().hello().board;
  report.board = known == nullptr ? "" : known->id;
  report.clock_hz = clock->clock_hz;
  report.arena_bytes = board.board().hello().arena_bytes;
  report.unit = clock->unit;
  report.cycles_per_tick = clock->cycles_per_tick;
  report.basis = clock->basis;
  report.models = set.models.size();
  std::uint64_t done = 0;
  const auto all = (set.models.size() + options.shards - options.shard) / options.shards;
  for (std::size_t i = options.shard - 1; i < set.models.size(); i += options.shards) {
    SweepRow row;
    row.index = i;
    row.model = set.models[i];
    if (auto measured = measure(board, known == nullptr ? boards::Places{} : known->places, options, row);
        !measured)
      return measured.error();
    report.rows.push_back(std::move(row));
    progress({"sweeping", ++done, all, "models"});
  }
  return report;
}

}  // namespace mcullm::bench
