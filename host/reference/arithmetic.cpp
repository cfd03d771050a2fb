// SPDX-License-Identifier: MIT
#include "reference/arithmetic.hpp"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <numbers>

namespace mcullm::reference {

namespace {

// round(value(k)) for k = 0 .. N-1. No entry lies near a half, so any libm gives the same table.
template <std::size_t N, class Value>
auto table(Value value) -> std::array<std::int32_t, N> {
  std::array<std::int32_t, N> entries{};
  for (std::size_t k = 0; k < N; k++)
    entries[k] = static_cast<std::int32_t>(std::lround(value(static_cast<double>(k))));
  return entries;
}

}  // namespace

auto isqrt(std::uint64_t v) -> std::uint64_t {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 31; bit > 0; bit >>= 1) {
    if ((root + bit) * (root + bit) <= v) root += bit;
  }
  return root;
}

auto exp2_table() -> const std::array<std::int32_t, 256>& {
  static const auto entries = table<256>([](double f) { return 32768.0 * std::exp2(-f / 256.0); });
  return entries;
}

auto sine(std::uint32_t phase) -> std::int32_t {
  static const auto quarter =
      table<33>([](double k) { return 16384.0 * std::sin(std::numbers::pi / 2.0 * k / 32.0); });
  constexpr std::uint32_t quarter_turn = std::uint32_t{1} << 30;
  std::uint32_t p = phase % quarter_turn;
  if (phase & quarter_turn) p = quarter_turn - p;
  const std::size_t k = p >> 25;
  const auto r = static_cast<std::int32_t>((p >> 17) % 256);
  const std::int32_t v =
      r == 0
          ? quarter[k]
          : quarter[k] + static_cast<std::int32_t>(floor_shift((quarter[k + 1] - quarter[k]) * r + 128, 8));
  return phase >> 31 ? -v : v;
}

auto sigmoid(std::int32_t g, int gate_frac) -> std::int32_t {
  static const auto half = table<65>([](double k) { return 32768.0 / (1.0 + std::exp(-k / 8.0)); });
  const std::int32_t a = std::abs(g) << (12 - gate_frac);
  const auto k = static_cast<std::size_t>(a / 512);
  const std::int32_t r = a % 512;
  const std::int32_t v =
      k >= 64 ? half[64]
              : half[k] + static_cast<std::int32_t>(floor_shift((half[k + 1] - half[k]) * r + 256, 9));
  return g < 0 ? 32768 - v : v;
}

}  // namespace mcullm::reference
