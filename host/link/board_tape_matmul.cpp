// SPDX-License-Identifier: MIT
// MATMUL with A in the board's storage (proto/WIRE.md section 4).
#include <fmt/format.h>

#include <algorithm>

#include "base/byte_writer.hpp"
#include "link/board.hpp"
#include "link/matmul_tiles.hpp"
#include "proto/image.h"

namespace mcullm::link {

namespace {

constexpr std::uint64_t sector_bytes = 512;  // panels begin on whole ones

auto ceiling(std::uint64_t a, std::uint64_t b) -> std::uint64_t { return (a + b - 1) / b; }

// Columns [col, col + cols) of A, from byte `offset` of the storage on.
struct Panel {
  int col, cols;
  std::uint64_t offset, bytes;
};

auto panels_of(const MatmulShape& shape, int width) -> std::vector<Panel> {
  std::vector<Panel> panels;
  std::uint64_t offset = MCL_IMAGE_HEADER_BYTES;
  for (int col = 0; col < shape.inner; col += width) {
    const int cols = std::min(width, shape.inner - col);
    const auto bytes = static_cast<std::uint64_t>(shape.rows) * static_cast<std::uint64_t>(cols);
    panels.push_back({col, cols, offset, bytes});
    offset += ceiling(bytes, sector_bytes) * sector_bytes;
  }
  return panels;
}

}  // namespace

auto tape_tile_of(const MatmulShape& shape, std::uint64_t workspace_bytes) -> std::optional<TapeTile> {
  const std::uint64_t element = shape.b_int16 ? 2 : 1;
  const auto fits = workspace_bytes / element;  // elements of B
  if (fits == 0) return std::nullopt;
  const auto inner = static_cast<std::uint64_t>(shape.inner);
  const auto width = ceiling(inner, ceiling(inner, fits));
  const auto cols = std::min<std::uint64_t>(static_cast<std::uint64_t>(shape.cols), fits / width);
  return TapeTile{static_cast<int>(width), static_cast<int>(cols)};
}

// Whole sectors; `stored` hears of each piece's end.
auto Board::store_bytes(std::uint64_t offset, std::span<const std::byte> bytes,
                        const std::function<void(std::uint64_t)>& stored) -> Result<Ok> {
  while (!bytes.empty()) {
    const auto size = std::min(store_write_limit(), bytes.size());
    const auto next = store_write(static_cast<std::uint32_t>(offset), bytes.first(size));
    if (!next) return next.error();
    offset += size;
    bytes = bytes.subspan(size);
    stored(offset);
  }
  return Ok{};
}

auto Board::tape_matmul(const MatmulShape& shape, std::span<const std::int32_t> a,
                        std::span<const std::int32_t> b, const ProgressFn& progress) -> Result<MatmulResult> {
  if (auto problem = operand_problem(shape, a, b)) return *std::move(problem);
  // without a model, which the panels replace, the whole arena is workspace
  const auto tile = tape_tile_of(shape, hello_.arena_bytes);
  if (!tile) return refusal_error(MCL_MATMUL, {MCL_ERR_MEMORY, shape.b_int16 ? 2u : 1u, hello_.arena_bytes});
  const auto panels = panels_of(shape, tile->inner);
  const auto end = panels.back().offset + ceiling(panels.back().bytes, sector_bytes) * sector_bytes;
  if (end > hello_.store_bytes)
    return Error{Exit::refused,
                 fmt::format("A takes {} bytes of storage, the board has {}", end, hello_.store_bytes),
                 "without --tape the product is cut into tiles that the link carries"};

  if (auto next = store_begin(static_cast<std::uint32_t>(end)); !next) return next.error();
  for (const auto& panel : panels) {
    ByteWriter bytes;
    append_window(bytes, {a, shape.inner, 0, panel.col, shape.rows, panel.cols}, false);
    bytes.pad_to_multiple(sector_bytes);
    auto done = store_bytes(panel.offset, bytes.take(), [&](std::uint64_t at) {
      progress({"storing A", at, end, "B"});
    });
    if (!done) return done.error();
  }
  if (auto hello = reset(); !hello) return hello.error();

  MatmulResult result{.ticks = 0,
                      .cells = std::vector<std::int32_t>(static_cast<std::size_t>(shape.rows) *
                                                         static_cast<std::size_t>(shape.cols))};
  for (const auto& panel : panels) {
    for (int col = 0; col < shape.cols; col += tile->cols) {
      auto size = shape;
      size.inner = panel.cols;
      size.cols = std::min(tile->cols, shape.cols - col);
      ByteWriter operand;
      append_window(operand, {b, shape.cols, panel.col, col, size.inner, size.cols}, shape.b_int16);
      if (auto done = put(0, operand.take()); !done) return done.error();
      MatmulResult part;
      if (auto done = matmul_tile(size, part, static_cast<std::uint32_t>(panel.offset)); !done)
        return done.error();
      add_tile(result, part, shape, size, 0, col);
      progress({"multiplying", static_cast<std::uint64_t>(panel.col + panel.cols),
                static_cast<std::uint64_t>(shape.inner), "columns"});
    }
  }
  return result;
}

}  // namespace mcullm::link
