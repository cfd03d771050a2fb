// SPDX-License-Identifier: MIT
// MATMUL of any size on a board whose workspace holds only a part of the operands: what its two ways share.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_writer.hpp"
#include "link/board.hpp"

namespace mcullm::link {

// Bytes of both operands.
auto operand_bytes(const MatmulShape& shape) -> std::uint64_t;

// The largest tile that fits, halving the longest side again and again; nothing when not even 1x1x1 fits.
auto tile_of(MatmulShape shape, std::uint64_t workspace_bytes) -> std::optional<MatmulShape>;

// The part of B that stays in the workspace while a stored A passes by: all of its rows, or equal windows of
// them, and as many columns as fit then; nothing when not even one element does.
struct TapeTile {
  int inner, cols;
};
auto tape_tile_of(const MatmulShape& shape, std::uint64_t workspace_bytes) -> std::optional<TapeTile>;

// Exit::usage when an operand does not have its shape or its range.
auto operand_problem(const MatmulShape& shape, std::span<const std::int32_t> a,
                     std::span<const std::int32_t> b) -> std::optional<Error>;

// Rows [row, row + rows) and columns [col, col + cols) of a matrix that is `stride` wide.
struct Window {
  std::span<const std::int32_t> matrix;
  int stride, row, col, rows, cols;
};
void append_window(ByteWriter& bytes, const Window& window, bool int16);

// Adds a tile's cells to the result where they belong, wrapping at 32 or 16 bits.
void add_tile(MatmulResult& result, const MatmulResult& tile, const MatmulShape& shape,
              const MatmulShape& size, int row, int col);

}  // namespace mcullm::link
