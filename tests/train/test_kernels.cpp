// SPDX-License-Identifier: MIT
// Each kernel, at every level this computer has, against a plain double computation; each gradient
// against central differences of that computation.
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "double_llama.hpp"
#include "train/buffer.hpp"
#include "train/kernels.hpp"
#include "train/random.hpp"

using namespace mcullm::train;
using Vector = std::vector<double>;

namespace {

auto all_kernels() -> std::vector<const Kernels*> {
  const auto found = available_kernels();
  return {found.begin(), found.end()};
}

// rows of `columns` random numbers, padded with zeros
auto random_rows(Random& random, int rows, int columns) -> Buffer {
  Buffer out(static_cast<std::size_t>(rows * padded(columns) + row_multiple), 0.0F);
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c)
      out[static_cast<std::size_t>(r * padded(columns) + c)] = static_cast<float>(random.normal());
  return out;
}

auto dense(const Buffer& rows, int count, int columns) -> Vector {
  Vector out;
  for (int r = 0; r < count; ++r)
    for (int c = 0; c < columns; ++c)
      out.push_back(static_cast<double>(rows[static_cast<std::size_t>(r * padded(columns) + c)]));
  return out;
}

// d f / d x by central differences
auto differences(Vector x, const std::function<double(const Vector&)>& f) -> Vector {
  Vector gradient;
  for (auto& value : x) {
    const double saved = value;
    value = saved + 1e-5;
    const double above = f(x);
    value = saved - 1e-5;
    gradient.push_back((above - f(x)) / 2e-5);
    value = saved;
  }
  return gradient;
}

auto dot(const Vector& a, const Vector& b) -> double {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void require_close(const Vector& got, const Vector& expected, double tolerance = 2e-5) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i, got[i], expected[i]);
    REQUIRE(std::abs(got[i] - expected[i]) <= tolerance * (1.0 + std::abs(expected[i])));
  }
}

auto plain_rmsnorm(const Vector& x, const Vector& weight, int length, int dim) -> Vector {
  Vector y;
  for (int t = 0; t < length; ++t) {
    double squares = 0;
    for (int i = 0; i < dim; ++i) squares += std::pow(x[static_cast<std::size_t>(t * dim + i)], 2);
    for (int i = 0; i < dim; ++i)
      y.push_back(x[static_cast<std::size_t>(t * dim + i)] / std::sqrt(squares / dim + 1e-5) *
                  weight[static_cast<std::size_t>(i)]);
  }
  return y;
}

auto silu(double x) -> double { return x / (1.0 + std::exp(-x)); }

}  // namespace

TEST_CASE("kernels: a matrix product equals the sum of products in any shape", "[train][kernels]") {
  const auto* kernels = GENERATE(from_range(all_kernels()));
  const int m = GENERATE(1, 2, 3, 6, 7, 13), n = GENERATE(16, 48, 80), k = GENERATE(1, 5, 33);
  const bool accumulate = GENERATE(false, true), transposed = GENERATE(false, true);
  CAPTURE(kernels->name, m, n, k, accumulate, transposed);
  Random random(7);
  const auto a = transposed ? random_rows(random, k, m) : random_rows(random, m, k);
  const auto b = random_rows(random, k, n);
  auto c = random_rows(random, m, n);
  const auto before = c;
  const int a_row = transposed ? 1 : padded(k), a_col = transposed ? padded(m) : 1;
  kernels->matmul({m, n, k, a.data(), a_row, a_col, b.data(), n, c.data(), n, accumulate});
  Vector expected;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      double sum = accumulate ? static_cast<double>(before[static_cast<std::size_t>(i * n + j)]) : 0.0;
      for (int l = 0; l < k; ++l)
        sum += static_cast<double>(a[static_cast<std::size_t>(i * a_row + l * a_col)]) *
               static_cast<double>(b[static_cast<std::size_t>(l * n + j)]);
      expected.push_back(sum);
    }
  require_close(dense(c, m, n), expected);
}

TEST_CASE("kernels: rmsnorm and its gradient", "[train][kernels][gradient]") {
  const auto* kernels = GENERATE(from_range(all_kernels()));
  const int dim = GENERATE(10, 16, 40), length = 3;
  CAPTURE(kernels->name, dim);
  Random random(11);
  const auto x = random_rows(random, length, dim), weight = random_rows(random, 1, dim);
  const auto dy = random_rows(random, length, dim);
  Buffer inverse(length), y(x.size(), 0.0F), dx(x.size(), 0.0F), dweight(weight.size(), 0.0F);
  const RmsNorm norm{length, dim, padded(dim), x.data(), weight.data(), inverse.data()};
  kernels->rmsnorm(norm, y.data());
  kernels->rmsnorm_backward(norm, dy.data(), dx.data(), dweight.data());

  const auto xs = dense(x, length, dim), ws = dense(weight, 1, dim), dys = dense(dy, length, dim);
  require_close(dense(y, length, dim), plain_rmsnorm(xs, ws, length, dim));
  require_close(dense(dx, length, dim), differences(xs, [&](const Vector& v) {
                  return dot(plain_rmsnorm(v, ws, length, dim), dys);
                }));
  require_close(dense(dweight, 1, dim), differences(ws, [&](const Vector& v) {
                  return dot(plain_rmsnorm(xs, v, length, dim), dys);
                }));
}

TEST_CASE("kernels: attention of a head and its gradient", "[train][kernels][gradient]") {
  const auto* kernels = GENERATE(from_range(all_kernels()));
  const int size = GENERATE(2, 8, 16, 24), length = GENERATE(1, 5, 32, 39);
  CAPTURE(kernels->name, size, length);
  Random random(13);
  const auto q = random_rows(random, length, size), k = random_rows(random, length, size);
  const auto v = random_rows(random, length, size), dout = random_rows(random, length, size);
  const int row = padded(size);
  Buffer out(q.size(), 0.0F), log_sum(static_cast<std::size_t>(length)), dq(q.size(), 0.0F),
      dk(q.size(), 0.0F), dv(q.size(), 0.0F);
  Buffer scratch(static_cast<std::size_t>(attention_scratch(length, size)));
  const Attention attention{length, size,       q.data(), k.data(),       v.data(),
                            row,    out.data(), row,      log_sum.data(), scratch.data()};
  kernels->attention(attention);
  kernels->attention_backward(attention, {dout.data(), dq.data(), dk.data(), dv.data()});

  const auto qs = dense(q, length, size), ks = dense(k, length, size), vs = dense(v, length, size);
  const auto douts = dense(dout, length, size);
  const auto weighted = [&](const Vector& a, const Vector& b, const Vector& c) {
    return dot(testing::attention_of(length, size, a, b, c), douts);
  };
  require_close(dense(out, length, size), testing::attention_of(length, size, qs, ks, vs));
  require_close(dense(dq, length, size),
                differences(qs, [&](const Vector& x) { return weighted(x, ks, vs); }));
  require_close(dense(dk, length, size),
                differences(ks, [&](const Vector& x) { return weighted(qs, x, vs); }));
  require_close(dense(dv, length, size),
                differences(vs, [&](const Vector& x) { return weighted(qs, ks, x); }));
}

TEST_CASE("kernels: swiglu and its gradient", "[train][kernels][gradient]") {
  const auto* kernels = GENERATE(from_range(all_kernels()));
  CAPTURE(kernels->name);
  Random random(17);
  const int count = 48;
  auto gate = random_rows(random, 1, count);
  gate[0] = -100.0F;
  gate[1] = 60.0F;
  const auto up = random_rows(random, 1, count), dact = random_rows(random, 1, count);
  Buffer act(count), dgate(count), dup(count);
  kernels->swiglu(count, gate.data(), up.data(), act.data());
  kernels->swiglu_backward(count, gate.data(), up.data(), dact.data(), dgate.data(), dup.data());

  const auto gates = dense(gate, 1, count), ups = dense(up, 1, count), dacts = dense(dact, 1, count);
  const auto plain = [&](const Vector& g, const Vector& u) {
    Vector y;
    for (std::size_t i = 0; i < g.size(); ++i) y.push_back(silu(g[i]) * u[i]);
    return y;
  };
  require_close(dense(act, 1, count), plain(gates, ups));
  require_close(dense(dgate, 1, count),
                differences(gates, [&](const Vector& x) { return dot(plain(x, ups), dacts); }));
  require_close(dense(dup, 1, count),
                differences(ups, [&](const Vector& x) { return dot(plain(gates, x), dacts); }));
}

TEST_CASE("kernels: cross entropy and its gradient", "[train][kernels][gradient]") {
  const auto* kernels = GENERATE(from_range(all_kernels()));
  const int count = GENERATE(3, 16, 131);
  CAPTURE(kernels->name, count);
  Random random(19);
  auto logits = random_rows(random, 1, count);
  const auto values = dense(logits, 1, count);
  const int target = count / 2;
  const auto plain = [&](const Vector& x) {
    double total = 0;
    for (const double value : x) total += std::exp(value);
    return std::log(total) - x[static_cast<std::size_t>(target)];
  };
  const float loss = kernels->cross_entropy(count, logits.data(), target, 0.5F);
  require_close({static_cast<double>(loss)}, {plain(values)});
  auto expected = differences(values, plain);
  for (auto& g : expected) g *= 0.5;
  require_close(dense(logits, 1, count), expected);
}

TEST_CASE("kernels: AdamW steps as the formula says", "[train][kernels]") {
  const auto* kernels = GENERATE(from_range(all_kernels()));
  CAPTURE(kernels->name);
  Random random(23);
  const int count = 19;
  const auto gradient = random_rows(random, 1, count);
  auto parameter = random_rows(random, 1, count);
  const auto before = parameter;
  Buffer mean(32, 0.5F), variance(32, 0.25F);
  kernels->adamw({0.01F, 0.9F, 0.98F, 0.19F, 0.0396F, 0.5F}, count, 0.1F, gradient.data(), mean.data(),
                 variance.data(), parameter.data());
  Vector expected;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const double g = 0.5 * static_cast<double>(gradient[i]), m = 0.9 * 0.5 + 0.1 * g,
                 v = 0.98 * 0.25 + 0.02 * g * g;
    const double w = static_cast<double>(before[i]);
    expected.push_back(w - 0.01 * (m / 0.19 / (std::sqrt(v / 0.0396) + 1e-8) + 0.1 * w));
  }
  require_close(dense(parameter, 1, count), expected);
}
