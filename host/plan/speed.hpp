// SPDX-License-Identifier: MIT
// How fast a model will run on a board, and what holds it back.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "boards/board.hpp"
#include "plan/work.hpp"

namespace mcullm::plan {

struct Prediction {
  int pos = 0;
  std::array<double, all_work.size()> ticks{};  // by Work, in the board's unit
  double board_cycles = 0;  // of the whole token by the board's own clock, waits for memory included
  double cycles = 0;        // the same and what the link takes, which a board writes to in between
  double tokens_per_second = 0;
  std::string bound;  // "compute", "flash", "psram", "card", "link"
};

// Nothing when the register has no costs for this board and these formats.
auto predict(const ModelSize& model, const boards::Board& board, int pos) -> std::optional<Prediction>;

}  // namespace mcullm::plan
