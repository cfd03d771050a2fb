// SPDX-License-Identifier: MIT
#include "verify/matmul_check.hpp"

#include <fmt/format.h>

#include <charconv>
#include <random>
#include <vector>

#include "proto/message.h"
#include "reference/matmul.hpp"
#include "verify/compare.hpp"

namespace mcullm::verify {

namespace {

struct Operands {
  std::vector<std::int32_t> a, b;
};

// The library's own distributions differ between standard libraries; a plain remainder does not.
auto operand(std::mt19937_64& random, std::size_t size, int low, int high) -> std::vector<std::int32_t> {
  std::vector<std::int32_t> values(size);
  const auto range = static_cast<std::uint64_t>(high - low + 1);
  for (auto& value : values) value = low + static_cast<std::int32_t>((random() >> 11) % range);
  values[random() % size] = low;
  values[random() % size] = high;
  return values;
}

auto operands(const MatmulCase& shape, std::uint64_t seed) -> Operands {
  const auto size = [](int rows, int cols) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  };
  std::mt19937_64 random(seed * 0x9E3779B97F4A7C15ULL + size(shape.rows, shape.inner) * 4099 +
                         static_cast<std::size_t>(shape.cols));
  auto a = operand(random, size(shape.rows, shape.inner), -128, 127);
  auto b = shape.b_int16 ? operand(random, size(shape.inner, shape.cols), -32768, 32767)
                         : operand(random, size(shape.inner, shape.cols), -128, 127);
  return {std::move(a), std::move(b)};
}

auto read_size(std::string_view text) -> std::optional<int> {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1 || value > 65535)
    return std::nullopt;
  return value;
}

}  // namespace

auto MatmulCase::name() const -> std::string {
  return fmt::format("matmul {}x{}x{}{}{}{}", rows, inner, cols, b_int16 ? " int16 operand" : "",
                     out_int16 ? " int16 result" : "", tape ? " from the tape" : "");
}

auto parse_matmul(const std::string& text) -> Result<MatmulCase> {
  std::vector<int> sizes;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('x', begin), text.size());
    const auto size = read_size(std::string_view(text).substr(begin, end - begin));
    if (!size) break;
    sizes.push_back(*size);
    begin = end + 1;
    if (end == text.size()) {
      if (sizes.size() == 2) return MatmulCase{sizes[0], sizes[1], sizes[0]};
      if (sizes.size() == 3) return MatmulCase{sizes[0], sizes[1], sizes[2]};
      break;
    }
  }
  return Error{
      Exit::usage, fmt::format("--matmul {}: not a shape", text),
      "write RxK (A is R x K, B is K x R) or RxKxC, each 1 to 65535: --matmul 16x16, --matmul 7x64x1"};
}

auto check_matmul(link::Board& board, const MatmulCase& shape, std::uint64_t seed, const ProgressFn& progress)
    -> Result<Outcome> {
  const auto [a, b] = operands(shape, seed);
  const auto expected = reference::matmul({shape.rows, shape.inner, shape.cols}, a, b, shape.out_int16);
  const link::MatmulShape asked = {shape.rows, shape.inner, shape.cols, shape.b_int16, shape.out_int16};
  auto product = shape.tape ? board.tape_matmul(asked, a, b, progress) : board.matmul(asked, a, b);
  if (!product) return product.error();
  Outcome outcome{.what = shape.name(), .compared = expected.size(), .ticks = product->ticks, .items = 1};
  if (const auto difference = compare(expected, product->cells)) {
    const auto cols = static_cast<std::size_t>(shape.cols);
    Mismatch mismatch{.op = "matmul"};
    mismatch.element = fmt::format("row {}, column {} of {}", difference->first / cols,
                                   difference->first % cols, shape.name());
    describe(mismatch, expected, product->cells, cols, *difference);
    outcome.mismatch = std::move(mismatch);
  }
  return outcome;
}

auto check_matmul_sweep(link::Board& board, int size, const MatmulCase& modes, std::uint64_t seed,
                        const ProgressFn& progress) -> Result<Outcome> {
  Outcome sweep{.what = fmt::format("matmul sweep, all shapes up to {0}x{0}x{0}", size)};
  const auto total =
      static_cast<std::uint64_t>(size) * static_cast<std::uint64_t>(size) * static_cast<std::uint64_t>(size);
  for (int rows = 1; rows <= size; ++rows) {
    for (int inner = 1; inner <= size; ++inner) {
      for (int cols = 1; cols <= size; ++cols) {
        auto one = check_matmul(board, {rows, inner, cols, modes.b_int16, modes.out_int16}, seed);
        if (!one) return one.error();
        sweep.compared += one->compared;
        sweep.ticks += one->ticks;
        ++sweep.items;
        if (one->mismatch) {
          sweep.mismatch = std::move(one->mismatch);
          return sweep;
        }
      }
      progress({"sweeping shapes", sweep.items, total, "shapes"});
    }
  }
  return sweep;
}

}  // namespace mcullm::verify
