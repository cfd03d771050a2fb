// SPDX-License-Identifier: MIT
#include "reference/integer_ops.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdlib>

#include "reference/arithmetic.hpp"

namespace mcullm::reference {

namespace {

template <class T>
using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// unsigned sums are the sums modulo 2^32 that wrap32 asks for
using Sums = Eigen::Matrix<std::uint32_t, Eigen::Dynamic, 1>;

template <class Narrow>
auto requantize(const image::Matrix& w, const IntVector& acc, Narrow narrow) -> IntVector {
  IntVector y(w.rows);
  for (int r = 0; r < w.rows; r++) {
    const std::int64_t scaled = std::int64_t{acc(r)} * w.multipliers[static_cast<std::size_t>(r)];
    y(r) = narrow(rsh(scaled, w.shift));
  }
  return y;
}

}  // namespace

auto product(const image::Matrix& w, const IntVector& a) -> IntVector {
  const Eigen::Map<const RowMajor<std::int8_t>> weights(w.weights.data(), w.rows, w.cols);
  const Sums activations = a.cast<std::uint32_t>();
  const Sums sums = weights.cast<std::uint32_t>() * activations;
  return sums.cast<std::int32_t>();
}

auto gemv16(const image::Matrix& w, const IntVector& a, const Product& multiply) -> IntVector {
  return requantize(w, multiply(w, a), sat16);
}

auto gemv32(const image::Matrix& w, const IntVector& a, const Product& multiply) -> IntVector {
  return requantize(w, multiply(w, a), wrap32);
}

auto embedding(const image::Matrix& e, int token, int embed_shift) -> IntVector {
  const std::int8_t* row = e.weights.data() + std::ptrdiff_t{token} * e.cols;
  const std::int64_t multiplier = e.multipliers[static_cast<std::size_t>(token)];
  IntVector x(e.cols);
  for (int i = 0; i < e.cols; i++) x(i) = wrap32(rsh(row[i] * multiplier, embed_shift));
  return x;
}

auto rms_norm(const IntVector& x, std::span<const std::int16_t> gains, int gain_shift,
              const image::ModelImage& image) -> IntVector {
  std::int64_t greatest = 0;
  for (const std::int64_t v : x) greatest = std::max(greatest, std::abs(v));
  if (greatest == 0) return IntVector::Zero(x.size());

  const int e = bits(static_cast<std::uint64_t>(greatest)) - 14;
  std::vector<std::int64_t> h;
  std::uint64_t sum = e > 0 ? image.norm_eps >> (2 * e) : image.norm_eps << (-2 * e);
  for (const std::int64_t v : x) {
    h.push_back(e > 0 ? rsh(v, e) : v * (std::int64_t{1} << -e));
    sum += static_cast<std::uint64_t>(h.back() * h.back());
  }
  const auto inverse = static_cast<std::int64_t>(image.norm_numerator / isqrt(sum));
  IntVector y(x.size());
  for (std::size_t i = 0; i < h.size(); i++) {
    const std::int64_t n = sat16(rsh(h[i] * inverse, 16));
    y(static_cast<Eigen::Index>(i)) = sat16(rsh(n * gains[i], gain_shift));
  }
  return y;
}

auto rotated(const IntVector& x, std::span<const std::uint32_t> rope_step, int pos)
    -> std::vector<std::int64_t> {
  constexpr std::uint32_t quarter_turn = std::uint32_t{1} << 30;
  std::vector<std::int64_t> u;
  for (std::size_t pair = 0; 2 * pair < static_cast<std::size_t>(x.size()); pair++) {
    const std::uint32_t phase = static_cast<std::uint32_t>(pos) * rope_step[pair % rope_step.size()];
    const std::int64_t sn = sine(phase), cs = sine(phase + quarter_turn);
    const std::int64_t a = x(static_cast<Eigen::Index>(2 * pair)),
                       b = x(static_cast<Eigen::Index>(2 * pair + 1));
    u.push_back(a * cs - b * sn);
    u.push_back(a * sn + b * cs);
  }
  return u;
}

auto attention_scores(std::span<const std::int32_t> query, const CacheView& keys, bool wide_keys)
    -> IntVector {
  const Eigen::Map<const RowMajor<std::int16_t>, 0, Eigen::OuterStride<>> k(
      keys.data, keys.positions, keys.size, Eigen::OuterStride<>(keys.stride));
  const Sums q = Eigen::Map<const IntVector>(query.data(), keys.size).cast<std::uint32_t>();
  const Sums acc = k.cast<std::uint32_t>() * q;
  return acc.unaryExpr(
      [&](std::uint32_t sum) { return static_cast<std::int32_t>(rsh(wrap32(sum), wide_keys ? 12 : 6)); });
}

auto attention_output(std::span<const std::int32_t> scores, const CacheView& values, bool wide_values)
    -> IntVector {
  std::vector<std::int64_t> a(static_cast<std::size_t>(values.size), 0);
  std::int64_t total = 0, peak = 0;  // A, L and P of the document
  for (std::size_t t = 0; t < scores.size(); t++) {
    const std::int16_t* v = values.data + t * static_cast<std::size_t>(values.stride);
    const std::int64_t s = scores[t];
    const std::int64_t m = -floor_shift(-s, 8);
    if (t == 0) peak = m;
    if (m > peak) {
      const int halvings = static_cast<int>(m - peak);
      total = floor_shift(total, halvings);
      for (auto& sum : a) sum = floor_shift(sum, halvings);
      peak = m;
    }
    const std::int64_t d = 256 * peak - s;
    if (d >= 4096) continue;
    const std::int64_t p =
        rsh(exp2_table()[static_cast<std::size_t>(d % 256)], static_cast<int>(d / 256) + 3);
    total += p;
    for (std::size_t j = 0; j < a.size(); j++) a[j] += wide_values ? rsh(p * v[j], 8) : p * v[j];
  }
  assert(total > 0);  // there is at least one key, and the greatest weighs more than 0
  const std::int64_t reciprocal = (std::int64_t{1} << 40) / total;
  IntVector o(values.size);
  for (std::size_t j = 0; j < a.size(); j++)
    o(static_cast<Eigen::Index>(j)) = sat16(rsh(a[j] * reciprocal, 32));
  return o;
}

auto gated(const IntVector& g, const IntVector& u, int gate_frac, int hidden_shift) -> IntVector {
  IntVector h(g.size());
  for (Eigen::Index r = 0; r < g.size(); r++) {
    const std::int64_t z = rsh(std::int64_t{g(r)} * sigmoid(g(r), gate_frac), 15);
    h(r) = sat16(rsh(z * u(r), hidden_shift));
  }
  return h;
}

}  // namespace mcullm::reference
