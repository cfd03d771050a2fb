// SPDX-License-Identifier: MIT
#include "reference/arithmetic.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "random_source.hpp"

namespace mcullm::tests {
namespace {

using namespace reference;

TEST_CASE("rsh: halves go towards plus infinity", "[arithmetic]") {
  REQUIRE(rsh(7, 0) == 7);
  REQUIRE(rsh(-7, 0) == -7);
  REQUIRE(rsh(1, 1) == 1);
  REQUIRE(rsh(-1, 1) == 0);
  REQUIRE(rsh(3, 1) == 2);
  REQUIRE(rsh(-3, 1) == -1);
  REQUIRE(rsh(127, 8) == 0);
  REQUIRE(rsh(128, 8) == 1);
  REQUIRE(rsh(-128, 8) == 0);
  REQUIRE(rsh(-129, 8) == -1);
}

TEST_CASE("rsh: agrees with floor of the real quotient over 48 bits", "[arithmetic]") {
  RandomSource random(1);
  for (int i = 0; i < 2000; i++) {
    const std::int64_t v = random.integer(-(std::int64_t{1} << 47), std::int64_t{1} << 47);
    const int s = static_cast<int>(random.integer(1, 32));
    const long double exact = std::floor((static_cast<long double>(v) + std::exp2(s - 1)) / std::exp2(s));
    REQUIRE(rsh(v, s) == static_cast<std::int64_t>(exact));
  }
}

TEST_CASE("floor shift: a shift beyond the width leaves the sign", "[arithmetic]") {
  REQUIRE(floor_shift(5, 64) == 0);
  REQUIRE(floor_shift(-5, 64) == -1);
  REQUIRE(floor_shift(-5, 40000) == -1);
}

TEST_CASE("saturation: the ends are symmetric", "[arithmetic]") {
  REQUIRE(sat8(127) == 127);
  REQUIRE(sat8(128) == 127);
  REQUIRE(sat8(-128) == -127);
  REQUIRE(sat16(32768) == 32767);
  REQUIRE(sat16(-32768) == -32767);
  REQUIRE(sat16(std::numeric_limits<std::int64_t>::min()) == -32767);
}

TEST_CASE("wrap32: congruent modulo 2^32", "[arithmetic]") {
  REQUIRE(wrap32(2147483647) == 2147483647);
  REQUIRE(wrap32(2147483648) == -2147483647 - 1);
  REQUIRE(wrap32(-2147483649) == 2147483647);
  REQUIRE(wrap32(std::int64_t{1} << 32) == 0);
}

TEST_CASE("bits: digits of a number", "[arithmetic]") {
  REQUIRE(bits(0) == 0);
  REQUIRE(bits(1) == 1);
  REQUIRE(bits(16383) == 14);
  REQUIRE(bits(std::uint64_t{1} << 31) == 32);
}

TEST_CASE("isqrt: the largest root at every border", "[arithmetic]") {
  REQUIRE(isqrt(0) == 0);
  RandomSource random(2);
  for (int i = 0; i < 2000; i++) {
    const std::uint64_t r = random.next() >> random.integer(33, 62);
    REQUIRE(isqrt(r * r) == r);
    if (r > 0) REQUIRE(isqrt(r * r - 1) == r - 1);
    REQUIRE(isqrt(r * r + 2 * r) == r);
  }
}

TEST_CASE("tables: no entry lies near a half, so every libm rounds it alike", "[arithmetic]") {
  const auto clear_of_halves = [](long double v) { return std::abs(v - std::floor(v) - 0.5L) > 1e-6L; };
  for (int f = 0; f < 256; f++) REQUIRE(clear_of_halves(32768.0L * std::exp2(-f / 256.0L)));
  for (int k = 0; k <= 32; k++)
    REQUIRE(clear_of_halves(16384.0L * std::sin(std::numbers::pi_v<long double> / 2 * k / 32)));
  for (int k = 1; k <= 64; k++) REQUIRE(clear_of_halves(32768.0L / (1 + std::exp(-k / 8.0L))));
  REQUIRE(exp2_table()[0] == 32768);
  REQUIRE(exp2_table()[128] == 23170);
  REQUIRE(exp2_table()[255] == 16428);
}

TEST_CASE("sine: quadrants, symmetry and distance from the true sine", "[arithmetic]") {
  REQUIRE(sine(0) == 0);
  REQUIRE(sine(1U << 30) == 16384);
  REQUIRE(sine(1U << 31) == 0);
  REQUIRE(sine(3U << 30) == -16384);
  RandomSource random(3);
  for (int i = 0; i < 5000; i++) {
    const auto phase = static_cast<std::uint32_t>(random.next());
    const double exact = 16384.0 * std::sin(2.0 * std::numbers::pi * phase / 4294967296.0);
    REQUIRE(std::abs(sine(phase) - exact) < 6.5);
    REQUIRE(sine(phase) == -sine(phase + (1U << 31)));
  }
}

TEST_CASE("sigmoid: symmetric, monotonic and near the true one at every scale", "[arithmetic]") {
  for (int frac = 8; frac <= 12; frac++) {
    int last = 0;
    for (int g = -32767; g <= 32767; g += 13) {
      const int v = sigmoid(g, frac);
      REQUIRE(v >= last);
      last = v;
      REQUIRE(v + sigmoid(-g, frac) == 32768);
      const double exact = 32768.0 / (1.0 + std::exp(-g / std::exp2(frac)));
      REQUIRE(std::abs(v - exact) < 14.0);
    }
  }
}

}  // namespace
}  // namespace mcullm::tests
