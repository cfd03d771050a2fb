// SPDX-License-Identifier: MIT
// How a matrix passes through a small workspace to meet one vector.
#pragma once

#include <cstddef>
#include <optional>

namespace mcullm::link {

struct MatvecTile {
  int rows, cols;  // of W; x takes 2 * cols bytes behind them
};

struct MatvecLimits {
  std::size_t workspace_bytes;
  std::size_t put_bytes;    // that one request carries
  std::size_t reply_cells;  // that one reply carries
};

// Nothing when not even one row of one column fits.
auto matvec_tile(int rows, int cols, const MatvecLimits& limits) -> std::optional<MatvecTile>;

}  // namespace mcullm::link
