// SPDX-License-Identifier: MIT
// ARITHMETIC.md section 1 and its tables. Arguments are taken wide enough to hold every value the document
// allows, so that each function is its definition and nothing more.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace mcullm::reference {

// floor(v / 2^s); >> on a negative number is that in C++20. A shift beyond the width leaves the sign.
constexpr auto floor_shift(std::int64_t v, int s) -> std::int64_t { return v >> std::min(s, 63); }

// Shift right, halves towards plus infinity; 0 <= s <= 62 and |v| < 2^62.
constexpr auto rsh(std::int64_t v, int s) -> std::int64_t {
  return s == 0 ? v : floor_shift(v + (std::int64_t{1} << (s - 1)), s);
}

constexpr auto sat8(std::int64_t v) -> std::int32_t {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(v, -127, 127));
}

constexpr auto sat16(std::int64_t v) -> std::int32_t {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(v, -32767, 32767));
}

constexpr auto wrap32(std::int64_t v) -> std::int32_t {
  return std::bit_cast<std::int32_t>(static_cast<std::uint32_t>(v));
}

constexpr auto bits(std::uint64_t v) -> int { return static_cast<int>(std::bit_width(v)); }

// The largest r with r * r <= v.
auto isqrt(std::uint64_t v) -> std::uint64_t;

// round(32768 * 2^(-f/256)), f = 0 .. 255.
auto exp2_table() -> const std::array<std::int32_t, 256>&;

// 2^14 * sin of a phase of 2^-32 turns.
auto sine(std::uint32_t phase) -> std::int32_t;

// 2^15 * sigmoid of g, an int16 with `gate_frac` (8..12) fractional bits.
auto sigmoid(std::int32_t g, int gate_frac) -> std::int32_t;

}  // namespace mcullm::reference
