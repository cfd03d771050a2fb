// SPDX-License-Identifier: MIT
#include "verify/compare.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mcullm::verify {

namespace {

// Rows and columns shown on each side of the difference.
constexpr std::size_t rows_around = 2;
constexpr std::size_t cols_around = 3;

struct Window {
  std::size_t begin = 0, end = 0;
};

auto around(std::size_t at, std::size_t reach, std::size_t size) -> Window {
  return {at - std::min(at, reach), std::min(size, at + reach + 1)};
}

auto line(std::string_view label, std::span<const std::int32_t> values, std::span<const std::int32_t> other,
          std::size_t row, std::size_t cols, Window columns) -> std::string {
  auto text = fmt::format("  {:<14}", label);
  for (auto c = columns.begin; c < columns.end; ++c) {
    const auto i = row * cols + c;
    if (i >= values.size()) break;
    const bool differs = i >= other.size() || values[i] != other[i];
    text += fmt::format("{:>12}{}", values[i], differs ? '*' : ' ');
  }
  return text + '\n';
}

}  // namespace

auto compare(std::span<const std::int32_t> expected, std::span<const std::int32_t> got)
    -> std::optional<Comparison> {
  const auto common = std::min(expected.size(), got.size());
  const auto longest = std::max(expected.size(), got.size());
  Comparison result{common, longest - common};
  for (auto i = common; i-- > 0;) {
    if (expected[i] == got[i]) continue;
    result.first = i;
    ++result.differing;
  }
  if (result.differing == 0) return std::nullopt;
  return result;
}

auto excerpt(std::span<const std::int32_t> expected, std::span<const std::int32_t> got, std::size_t cols,
             std::size_t at) -> std::string {
  const auto rows = (expected.size() + cols - 1) / cols;
  const auto columns = around(at % cols, cols_around, cols);
  auto text = fmt::format("  {:<14}", rows > 1 ? "column" : "element");
  for (auto c = columns.begin; c < columns.end; ++c) text += fmt::format("{:>12} ", c);
  text += '\n';
  const auto shown = around(at / cols, rows_around, rows);
  for (auto r = shown.begin; r < shown.end; ++r) {
    const auto row_name = rows > 1 ? fmt::format("row {} ", r) : std::string{};
    text += line(row_name + "expected", expected, got, r, cols, columns);
    text += line(row_name + "got", got, expected, r, cols, columns);
  }
  return text;
}

void describe(Mismatch& mismatch, std::span<const std::int32_t> expected, std::span<const std::int32_t> got,
              std::size_t cols, const Comparison& difference) {
  const auto at = difference.first;
  mismatch.expected = at < expected.size() ? expected[at] : 0;
  mismatch.got = at < got.size() ? got[at] : 0;
  mismatch.differing = difference.differing;
  mismatch.compared = expected.size();
  mismatch.excerpt = excerpt(expected, got, cols, at);
}

}  // namespace mcullm::verify
