// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>

#include "base/byte_writer.hpp"
#include "link/board.hpp"
#include "link/matvec_tile.hpp"

namespace mcullm::link {

namespace {

auto ceiling(std::size_t a, std::size_t b) -> std::size_t { return (a + b - 1) / b; }

auto tile_bytes(std::size_t rows, std::size_t cols) -> std::size_t { return (rows + 2) * cols; }

// Requests for `rows` rows in tiles of `tile_rows`.
auto requests(std::size_t rows, std::size_t tile_rows, std::size_t cols, const MatvecLimits& limits)
    -> std::size_t {
  const auto of_tile = [&](std::size_t count) {
    return count == 0 ? 0 : ceiling(count * cols, limits.put_bytes) + ceiling(count, limits.reply_cells);
  };
  return rows / tile_rows * of_tile(tile_rows) + of_tile(rows % tile_rows);
}

// Columns [col, col + cols) of rows [row, row + rows); `stride` is the matrix's width.
void append_rows(ByteWriter& bytes, std::span<const std::int8_t> weights, int stride, int row, int col,
                 const MatvecTile& size) {
  for (int r = row; r < row + size.rows; ++r) {
    const auto from =
        static_cast<std::size_t>(r) * static_cast<std::size_t>(stride) + static_cast<std::size_t>(col);
    bytes.put_bytes(std::as_bytes(weights.subspan(from, static_cast<std::size_t>(size.cols))));
  }
}

}  // namespace

auto matvec_tile(int rows, int cols, const MatvecLimits& limits) -> std::optional<MatvecTile> {
  auto width = static_cast<std::size_t>(cols);
  while (tile_bytes(1, width) > limits.workspace_bytes) {
    if (width <= 1) return std::nullopt;
    width = ceiling(width, 2);
  }
  const auto all = static_cast<std::size_t>(rows);
  std::size_t best = 1;
  for (std::size_t count = 1; count <= all && tile_bytes(count, width) <= limits.workspace_bytes; ++count) {
    if (requests(all, count, width, limits) <= requests(all, best, width, limits)) best = count;
  }
  return MatvecTile{static_cast<int>(best), static_cast<int>(width)};
}

auto Board::matvec(std::span<const std::int8_t> weights, std::span<const std::int32_t> x)
    -> Result<MatmulResult> {
  const auto cols = static_cast<int>(x.size());
  const auto rows = cols == 0 ? 0 : static_cast<int>(weights.size() / x.size());
  const bool fits = std::ranges::all_of(x, [](auto value) { return value >= -32768 && value < 32768; });
  if (rows < 1 || rows > 65535 || cols > 65535 || weights.size() % x.size() != 0 || !fits)
    return Error{Exit::usage, fmt::format("matvec: {} weights, {} activations", weights.size(), x.size()),
                 ""};
  const auto tile =
      matvec_tile(rows, cols, {hello_.workspace_bytes, piece_.get() - 4, (hello_.max_payload - 5u) / 4});
  if (!tile) return refusal_error(MCL_MATMUL, {MCL_ERR_MEMORY, 3, hello_.workspace_bytes});

  MatmulResult result{.ticks = 0, .cells = std::vector<std::int32_t>(static_cast<std::size_t>(rows))};
  for (int col = 0; col < cols; col += tile->cols) {
    std::size_t x_at = 0;  // where x stands; behind the rows of the tile, so never at 0
    for (int row = 0; row < rows; row += tile->rows) {
      const MatvecTile size{std::min(tile->rows, rows - row), std::min(tile->cols, cols - col)};
      ByteWriter bytes;
      append_rows(bytes, weights, cols, row, col, size);
      if (bytes.size() != x_at) {
        x_at = bytes.size();
        for (int c = col; c < col + size.cols; ++c)
          bytes.put_i16(static_cast<std::int16_t>(x[static_cast<std::size_t>(c)]));
      }
      if (auto done = put(0, bytes.take()); !done) return done.error();
      MatmulResult part;
      const auto done =
          matmul_tile({.rows = size.rows, .inner = size.cols, .cols = 1, .b_int16 = true}, part);
      if (!done) return done.error();
      result.ticks += part.ticks;
      for (std::size_t r = 0; r < part.cells.size(); ++r) {
        auto& cell = result.cells[static_cast<std::size_t>(row) + r];
        cell = static_cast<std::int32_t>(static_cast<std::uint32_t>(cell) +
                                         static_cast<std::uint32_t>(part.cells[r]));
      }
    }
  }
  return result;
}

}  // namespace mcullm::link
