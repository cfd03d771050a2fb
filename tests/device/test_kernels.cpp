// SPDX-License-Identifier: MIT
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "golden.hpp"
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

namespace {

// A matrix block as IMAGE.md section 2 stores it: rows padded with zeros to whole words.
auto stored_rows(const std::vector<std::int8_t>& weights, int cols, int bits) -> std::vector<std::uint8_t> {
  const auto row_bytes = static_cast<std::size_t>((cols * bits / 8 + (cols * bits % 8 != 0) + 3) / 4 * 4);
  const auto rows = weights.size() / static_cast<std::size_t>(cols);
  std::vector<std::uint8_t> bytes(rows * row_bytes);
  for (std::size_t r = 0; r < rows; r++) {
    for (int c = 0; c < cols; c++) {
      const auto w = static_cast<std::uint8_t>(
          weights[r * static_cast<std::size_t>(cols) + static_cast<std::size_t>(c)]);
      auto& byte = bytes[r * row_bytes + static_cast<std::size_t>(bits == 8 ? c : c / 2)];
      byte = static_cast<std::uint8_t>(bits == 8 ? w : byte | (w & 15) << (c % 2 * 4));
    }
  }
  return bytes;
}

auto rounded(double v) -> long { return std::lround(v); }

}  // namespace

TEST_CASE("device: tables are the rounded functions of the document", "[device][kernels]") {
  for (int k = 0; k < 32; k++) {
    CAPTURE(k);
    CHECK(sine_q14(static_cast<std::uint32_t>(k) << 25) == rounded(16384 * std::sin(M_PI / 2 * k / 32)));
  }
  CHECK(sine_q14(1U << 30) == 16384);
  for (int k = 0; k <= 64; k++) {
    CAPTURE(k);
    const auto expected = rounded(32768 / (1 + std::exp(-k / 8.0)));
    CHECK(sigmoid_q15(static_cast<std::int16_t>(std::min(k * 512, 32767)), 12) ==
          (k < 64 ? expected : 32757));
    CHECK(sigmoid_q15(static_cast<std::int16_t>(k * 32), 8) == expected);
  }
  for (int f = 0; f < 256; f++) {
    CAPTURE(f);
    CHECK(exp2_q15(static_cast<std::uint8_t>(f)) == rounded(32768 * std::exp2(-f / 256.0)));
  }
}

TEST_CASE("device: the dot products of a block are exact for every width of row", "[device][kernels]") {
  const auto bits = GENERATE(8, 4);
  const auto cols = GENERATE(1, 2, 3, 4, 7, 8, 15, 16, 31, 64, 65, 172, 1000);
  std::mt19937 random(static_cast<unsigned>(cols * bits));
  const int limit = bits == 8 ? 127 : 7;
  std::uniform_int_distribution<int> weight(-limit, limit), value(-32767, 32767);
  const auto n = static_cast<std::size_t>(cols);
  std::vector<std::int8_t> weights(2 * n);
  std::vector<std::int16_t> x(n);
  for (auto& w : weights) w = static_cast<std::int8_t>(weight(random));
  for (auto& v : x) v = static_cast<std::int16_t>(value(random));
  const auto rows = stored_rows(weights, cols, bits);

  std::int32_t acc[2] = {-1, -1};
  const auto row_bytes = static_cast<std::uint16_t>(rows.size() / 2);
  const auto dot = bits == 8 ? dot_pair_s8 : dot_pair_s4;
  dot(acc, rows.data(), row_bytes, x.data(), static_cast<std::uint16_t>(cols));
  for (std::size_t r = 0; r < 2; r++) {
    std::int64_t sum = 0;
    for (std::size_t c = 0; c < n; c++) sum += weights[r * n + c] * x[c];
    CAPTURE(bits, cols, r);
    CHECK(acc[r] == static_cast<std::int32_t>(static_cast<std::uint32_t>(sum)));
  }
}

TEST_CASE("device: golden rsh", "[device][golden]") {
  for (const auto& c : golden_cases("rsh")) {
    CAPTURE(c.dump());
    const auto v = c.at("v").get<std::int64_t>();
    const auto s = c.at("s").get<std::uint8_t>();
    CHECK(rsh_s64(v, s) == c.at("y").get<std::int64_t>());
    if (v == static_cast<std::int32_t>(v) && s < 32) {
      CHECK(rsh_s32(static_cast<std::int32_t>(v), s) == c.at("y").get<std::int64_t>());
    }
  }
}

TEST_CASE("device: golden isqrt", "[device][golden]") {
  for (const auto& c : golden_cases("isqrt")) {
    CAPTURE(c.dump());
    CHECK(isqrt_u64(c.at("v").get<std::uint64_t>()) == c.at("y").get<std::uint32_t>());
  }
}

TEST_CASE("device: golden gemv", "[device][golden]") {
  for (const auto& c : golden_cases("gemv")) {
    CAPTURE(c.dump());
    const int cols = c.at("cols");
    const auto shift = c.at("shift").get<std::uint8_t>();
    const auto weights = list<std::int8_t>(c, "weights");
    const auto multipliers = list<std::uint16_t>(c, "multipliers");
    const auto a = list<std::int16_t>(c, "a");
    const auto rows = stored_rows(weights, cols, 8);
    const auto row_bytes = rows.size() / multipliers.size();
    for (std::size_t r = 0; r < multipliers.size(); r++) {
      std::int32_t acc[2];
      dot_pair_s8(acc, rows.data() + r * row_bytes, 0, a.data(), static_cast<std::uint16_t>(cols));
      CHECK(acc[0] == acc[1]);
      CHECK(requantize_s16(acc[0], multipliers[r], shift) == c.at("y16").at(r));
      CHECK(requantize_s32(acc[0], multipliers[r], shift) == c.at("y32").at(r));
    }
  }
}

TEST_CASE("device: golden rms_norm", "[device][golden]") {
  for (const auto& c : golden_cases("rms_norm")) {
    CAPTURE(c.dump());
    const auto x = list<std::int32_t>(c, "x");
    const auto gains = list<std::int16_t>(c, "gains");
    std::vector<std::int16_t> y(x.size());
    rmsnorm_s16(y.data(), x.data(), static_cast<std::uint16_t>(x.size()), c.at("norm_numerator"),
                c.at("norm_eps"));
    for (std::size_t i = 0; i < y.size(); i++) {
      y[i] = sat_s16(rsh_s32(y[i] * gains[i], c.at("gain_shift").get<std::uint8_t>()));
    }
    CHECK(y == list<std::int16_t>(c, "y"));
  }
}

TEST_CASE("device: golden sine and exp2", "[device][golden]") {
  for (const auto& c : golden_cases("sine")) {
    CAPTURE(c.dump());
    CHECK(sine_q14(c.at("phase")) == c.at("y"));
  }
  const auto octave = golden_cases("exp2");
  REQUIRE(octave.size() == 256);
  for (std::size_t f = 0; f < 256; f++) CHECK(exp2_q15(static_cast<std::uint8_t>(f)) == octave.at(f));
}

TEST_CASE("device: golden sigmoid and gated", "[device][golden]") {
  for (const auto& c : golden_cases("sigmoid")) {
    for (std::size_t i = 0; i < c.at("g").size(); i++) {
      CAPTURE(c.at("gate_frac"), c.at("g").at(i));
      CHECK(sigmoid_q15(c.at("g").at(i), c.at("gate_frac")) == c.at("y").at(i));
    }
  }
  for (const auto& c : golden_cases("gated")) {
    for (std::size_t i = 0; i < c.at("g").size(); i++) {
      CAPTURE(c.at("gate_frac"), c.at("hidden_shift"), c.at("g").at(i), c.at("u").at(i));
      CHECK(swiglu_s16(c.at("g").at(i), c.at("u").at(i), c.at("gate_frac"), c.at("hidden_shift")) ==
            c.at("h").at(i));
    }
  }
}

TEST_CASE("device: golden rotary", "[device][golden]") {
  for (const auto& c : golden_cases("rotary")) {
    CAPTURE(c.dump());
    const auto x = list<std::int16_t>(c, "x");
    const auto steps = list<std::uint32_t>(c, "rope_step");
    for (std::size_t i = 0; i < x.size(); i += 2) {
      const auto phase = c.at("pos").get<std::uint32_t>() * steps[i / 2 % steps.size()];
      std::int32_t u[2];
      rotate_pair(u, &x[i], sine_q14(phase), sine_q14(phase + (1U << 30)));
      for (std::size_t half = 0; half < 2; half++) {
        const auto centred = u[half] - c.at("k_centre").at(i + half).get<int>() * 16384;
        CHECK(sat_s16(rsh_s32(u[half], 14)) == c.at("query").at(i + half));
        CHECK(sat_s8(rsh_s32(centred, 19)) == c.at("key8").at(i + half));
        CHECK(sat_s16(rsh_s32(centred, 14)) == c.at("key16").at(i + half));
      }
    }
  }
}

// Every key has the greatest weight, every value is an end of its range: the most that L and A ever hold.
TEST_CASE("device: the sums of attention hold the longest context", "[device]") {
  constexpr int context = 4096;
  const std::array<std::int8_t, 2> value8 = {127, -127};
  const std::array<std::int16_t, 2> value16 = {32767, -32767};
  std::array<std::int32_t, 2> sums8 = {}, sums16 = {};
  attention_head_t head = {};
  for (int t = 0; t < context; t++) {
    head.score = 0;
    attention_softmax(&head, t == 0);
    attention_value_s8(sums8.data(), value8.data(), 2, &head);
    attention_value_s16(sums16.data(), value16.data(), 2, &head);
  }
  CHECK(head.sum == 4096U * context);
  CHECK(sums8 == std::array<std::int32_t, 2>{2130706432, -2130706432});
  CHECK(sums16 == std::array<std::int32_t, 2>{524272 * context, -524272 * context});
  std::array<std::int16_t, 2> o = {};
  attention_output_s16(o.data(), sums8.data(), 2, head.sum);
  CHECK(o == std::array<std::int16_t, 2>{32512, -32512});
  attention_output_s16(o.data(), sums16.data(), 2, head.sum);
  CHECK(o == std::array<std::int16_t, 2>{32767, -32767});
}

TEST_CASE("device: golden attention", "[device][golden]") {
  for (const auto& c : golden_cases("attention")) {
    CAPTURE(c.at("about"));
    const bool wide_keys = c.at("wide_keys"), wide_values = c.at("wide_values");
    const auto q = list<std::int16_t>(c, "query");
    const auto n = static_cast<std::uint16_t>(q.size());
    const auto keys16 = list<std::int16_t>(c, "keys"), values16 = list<std::int16_t>(c, "values");
    const std::vector<std::int8_t> keys8(keys16.begin(), keys16.end()),
        values8(values16.begin(), values16.end());
    attention_head_t head = {};
    std::vector<std::int32_t> sums(n);
    for (std::size_t t = 0; t < keys16.size() / n; t++) {
      CAPTURE(t);
      head.score = wide_keys ? rsh_s32(attention_score_s16(q.data(), &keys16[t * n], n), 12)
                             : rsh_s32(attention_score_s8(q.data(), &keys8[t * n], n), 6);
      CHECK(head.score == c.at("scores").at(t));
      attention_softmax(&head, t == 0);
      wide_values ? attention_value_s16(sums.data(), &values16[t * n], n, &head)
                  : attention_value_s8(sums.data(), &values8[t * n], n, &head);
    }
    std::vector<std::int16_t> o(n);
    attention_output_s16(o.data(), sums.data(), n, head.sum);
    CHECK(o == list<std::int16_t>(c, "o"));
  }
}
