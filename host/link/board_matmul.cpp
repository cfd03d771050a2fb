// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>

#include "base/byte_writer.hpp"
#include "base/span_reader.hpp"
#include "link/board.hpp"
#include "link/matmul_tiles.hpp"
#include "link/request.hpp"

namespace mcullm::link {

namespace {

auto area(int rows, int cols) -> std::size_t {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
}

auto in_range(std::span<const std::int32_t> values, bool int16) -> bool {
  const std::int32_t bound = int16 ? 32768 : 128;
  return std::ranges::all_of(values, [&](auto value) { return value >= -bound && value < bound; });
}

}  // namespace

auto operand_problem(const MatmulShape& shape, std::span<const std::int32_t> a,
                     std::span<const std::int32_t> b) -> std::optional<Error> {
  if (std::min({shape.rows, shape.inner, shape.cols}) < 1 ||
      std::max({shape.rows, shape.inner, shape.cols}) > 65535)
    return Error{
        Exit::usage,
        fmt::format("matmul {}x{}x{}: each side must be 1 to 65535", shape.rows, shape.inner, shape.cols),
        ""};
  if (a.size() != area(shape.rows, shape.inner) || b.size() != area(shape.inner, shape.cols))
    return Error{Exit::usage,
                 fmt::format("matmul {}x{}x{}: A has {} values and B {}", shape.rows, shape.inner, shape.cols,
                             a.size(), b.size()),
                 ""};
  if (!in_range(a, false) || !in_range(b, shape.b_int16))
    return Error{Exit::usage, "matmul: a value does not fit the type of its operand", ""};
  return std::nullopt;
}

void append_window(ByteWriter& bytes, const Window& window, bool int16) {
  for (int r = 0; r < window.rows; ++r) {
    const auto from = area(window.row + r, window.stride) + static_cast<std::size_t>(window.col);
    for (const auto value : window.matrix.subspan(from, static_cast<std::size_t>(window.cols))) {
      if (int16) {
        bytes.put_i16(static_cast<std::int16_t>(value));
      } else {
        bytes.put_le(static_cast<std::uint8_t>(value));
      }
    }
  }
}

void add_tile(MatmulResult& result, const MatmulResult& tile, const MatmulShape& shape,
              const MatmulShape& size, int row, int col) {
  result.ticks += tile.ticks;
  for (std::size_t i = 0; i < tile.cells.size(); ++i) {
    const auto width = static_cast<std::size_t>(size.cols);
    auto& cell =
        result.cells[(static_cast<std::size_t>(row) + i / width) * static_cast<std::size_t>(shape.cols) +
                     static_cast<std::size_t>(col) + i % width];
    const auto sum = static_cast<std::uint32_t>(cell) + static_cast<std::uint32_t>(tile.cells[i]);
    cell = shape.out_int16 ? static_cast<std::int16_t>(sum) : static_cast<std::int32_t>(sum);
  }
}

auto operand_bytes(const MatmulShape& shape) -> std::uint64_t {
  return area(shape.rows, shape.inner) + area(shape.inner, shape.cols) * (shape.b_int16 ? 2 : 1);
}

auto tile_of(MatmulShape shape, std::uint64_t workspace_bytes) -> std::optional<MatmulShape> {
  while (operand_bytes(shape) > workspace_bytes) {
    auto& longest = std::max(std::max(shape.rows, shape.inner), shape.cols) == shape.inner ? shape.inner
                    : shape.rows >= shape.cols                                             ? shape.rows
                                                                                           : shape.cols;
    if (longest == 1) return std::nullopt;
    longest = (longest + 1) / 2;
  }
  return shape;
}

// The product of the operands that lie in the workspace, window by window.
auto Board::matmul_tile(const MatmulShape& tile, MatmulResult& result, std::optional<std::uint32_t> stored_at)
    -> Result<Ok> {
  constexpr std::size_t head = 5;  // of the reply: status, ticks
  const std::size_t width = tile.out_int16 ? 2 : 4, cells = area(tile.rows, tile.cols);
  auto most = (hello_.max_payload - head) / width;
  // a stored row passes by once per request: whole rows, where they fit
  const auto cols = static_cast<std::size_t>(tile.cols);
  if (stored_at && most > cols) most -= most % cols;
  while (result.cells.size() < cells) {
    const auto count = std::min(most, cells - result.cells.size());
    Request request;
    request.index(tile.rows).index(tile.inner).index(tile.cols);
    request.u8((tile.b_int16 ? MCL_MATMUL_B_INT16 : 0) | (tile.out_int16 ? MCL_MATMUL_OUT_INT16 : 0) |
               (stored_at ? MCL_MATMUL_A_STORED : 0));
    request.u32(static_cast<std::uint32_t>(result.cells.size())).index(static_cast<int>(count));
    if (stored_at) request.u32(*stored_at);
    const auto reply = call(MCL_MATMUL, request.payload(), 4 + count * width);
    if (!reply) return reply.error();
    SpanReader reader(*reply);
    result.ticks += reader.read_le<std::uint32_t>().value_or(0);
    for (std::size_t i = 0; i < count; ++i) {
      const auto cell = tile.out_int16
                            ? static_cast<std::int16_t>(reader.read_le<std::uint16_t>().value_or(0))
                            : static_cast<std::int32_t>(reader.read_le<std::uint32_t>().value_or(0));
      result.cells.push_back(cell);
    }
  }
  return Ok{};
}

auto Board::matmul(const MatmulShape& shape, std::span<const std::int32_t> a, std::span<const std::int32_t> b)
    -> Result<MatmulResult> {
  if (auto problem = operand_problem(shape, a, b)) return *std::move(problem);
  const auto tile = tile_of(shape, hello_.workspace_bytes);
  if (!tile)
    return refusal_error(MCL_MATMUL, {MCL_ERR_MEMORY, shape.b_int16 ? 3u : 2u, hello_.workspace_bytes});
  MatmulResult result{.ticks = 0, .cells = std::vector<std::int32_t>(area(shape.rows, shape.cols))};
  for (int row = 0; row < shape.rows; row += tile->rows) {
    for (int inner = 0; inner < shape.inner; inner += tile->inner) {
      for (int col = 0; col < shape.cols; col += tile->cols) {
        auto size = *tile;
        size.rows = std::min(tile->rows, shape.rows - row);
        size.inner = std::min(tile->inner, shape.inner - inner);
        size.cols = std::min(tile->cols, shape.cols - col);
        // A of this row and inner range stays where it is while the columns pass
        ByteWriter operands;
        if (col == 0) append_window(operands, {a, shape.inner, row, inner, size.rows, size.inner}, false);
        append_window(operands, {b, shape.cols, inner, col, size.inner, size.cols}, shape.b_int16);
        const auto offset = col == 0 ? 0 : static_cast<std::uint32_t>(area(size.rows, size.inner));
        if (auto done = put(offset, operands.take()); !done) return done.error();
        MatmulResult part;
        if (auto done = matmul_tile(size, part); !done) return done.error();
        add_tile(result, part, shape, size, row, col);
      }
    }
  }
  return result;
}

}  // namespace mcullm::link
