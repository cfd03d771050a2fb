// SPDX-License-Identifier: MIT
#include "plan/speed.hpp"

#include <algorithm>
#include <numeric>

#include "plan/arena.hpp"

namespace mcullm::plan {

namespace {

// Bytes over the link while tokens are generated: an event each, and its share of the reply.
constexpr double link_bytes_per_token = 1 + 12 + 7 + 2 + 6;

auto cost_of(const boards::Speed& speed, Work work, const ModelSize& model) -> const std::vector<double>* {
  for (const auto& name : cost_names(work, model)) {
    const auto found = speed.costs.find(name);
    if (found != speed.costs.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace

auto predict(const ModelSize& model, const boards::Board& board, int pos) -> std::optional<Prediction> {
  if (!board.speed) return std::nullopt;
  const auto& speed = *board.speed;
  Prediction result;
  result.pos = pos;
  const TokenAt token{model, pos, kept_share(model, board.places, board.memory.arena_bytes)};
  for (const auto work : all_work) {
    const auto* cost = cost_of(speed, work, model);
    if (cost == nullptr) return std::nullopt;
    const auto count = counts(work, token);
    result.ticks[static_cast<std::size_t>(work)] =
        std::inner_product(count.begin(), count.end(), cost->begin(), 0.0);
  }
  const double ticks = std::accumulate(result.ticks.begin(), result.ticks.end(), 0.0);
  const auto weights = static_cast<double>(model.layers_bytes() + model.classifier_bytes());
  const double waiting = (1 - token.kept) * weights * speed.cycles_per_weight_byte;
  const double computing =
      speed.unit == boards::TickUnit::cycles ? std::max(ticks - waiting, 0.0) : ticks * speed.cycles_per_tick;
  const auto clock = static_cast<double>(board.clock_hz);
  const double on_link =
      board.link.rate_baud == 0 ? 0 : link_bytes_per_token * 10 / board.link.rate_baud * clock;

  result.board_cycles = computing + waiting;
  result.cycles = result.board_cycles + on_link;
  result.tokens_per_second = clock / result.cycles;
  const double most = std::max({computing, waiting, on_link});
  result.bound = most == on_link ? "link" : most == waiting ? boards::name(board.places.weights) : "compute";
  return result;
}

}  // namespace mcullm::plan
