// SPDX-License-Identifier: MIT
// Where the ticks of one token go: op by op, and layer by layer.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "bench/measured_board.hpp"
#include "plan/model_size.hpp"

namespace mcullm::bench {

struct OpTicks {
  std::uint64_t ticks = 0;           // in all
  std::vector<std::uint32_t> by_op;  // indexed by mcl_op_t
};

struct OpProfile {
  int position = 0;
  OpTicks token;
  std::vector<OpTicks> layers;  // each run by itself at the same position
};

// Precondition: `board` runs this model.
auto profile_ops(MeasuredBoard& board, const plan::ModelSize& model, int position) -> Result<OpProfile>;

}  // namespace mcullm::bench
