// SPDX-License-Identifier: MIT
#include "double_llama.hpp"

#include <algorithm>
#include <cmath>

namespace mcullm::train::testing {
namespace {

using Vector = std::vector<double>;

auto widen(const std::vector<float>& values) -> Vector { return {values.begin(), values.end()}; }

auto rmsnorm(const Vector& x, const double* weight) -> Vector {
  double squares = 0;
  for (const double value : x) squares += value * value;
  const double scale = 1.0 / std::sqrt(squares / static_cast<double>(x.size()) + 1e-5);
  Vector y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * scale * weight[i];
  return y;
}

// weight (rows, x.size())
auto matvec(const double* weight, int rows, const Vector& x) -> Vector {
  Vector y(static_cast<std::size_t>(rows), 0.0);
  for (auto& sum : y)
    for (const double value : x) sum += *weight++ * value;
  return y;
}

void rope(Vector& heads, int head_size, int position) {
  for (std::size_t i = 0; i < heads.size(); i += 2) {
    const auto within = static_cast<double>(i % static_cast<std::size_t>(head_size));
    const double angle = position * std::pow(10000.0, -within / head_size);
    const double a = heads[i], b = heads[i + 1];
    heads[i] = a * std::cos(angle) - b * std::sin(angle);
    heads[i + 1] = a * std::sin(angle) + b * std::cos(angle);
  }
}

void add(Vector& x, const Vector& y) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += y[i];
}

auto head_of(const std::vector<Vector>& rows, int head, int head_size) -> Vector {
  Vector out;
  for (const auto& row : rows)
    out.insert(out.end(), row.begin() + head * head_size, row.begin() + (head + 1) * head_size);
  return out;
}

void attend(const DoubleModel& m, int layer, std::vector<Vector>& stream) {
  const auto& s = m.shape;
  std::vector<Vector> q, k, v, joined(stream.size(), Vector(static_cast<std::size_t>(s.dim)));
  for (std::size_t t = 0; t < stream.size(); ++t) {
    const auto x = rmsnorm(stream[t], m.att_norm.data() + layer * s.dim);
    q.push_back(matvec(m.wq.data() + layer * s.dim * s.dim, s.dim, x));
    k.push_back(matvec(m.wk.data() + layer * s.kv_dim() * s.dim, s.kv_dim(), x));
    v.push_back(matvec(m.wv.data() + layer * s.kv_dim() * s.dim, s.kv_dim(), x));
    rope(q.back(), s.head_size(), static_cast<int>(t));
    rope(k.back(), s.head_size(), static_cast<int>(t));
  }
  for (int h = 0; h < s.n_heads; ++h) {
    const int kv = h * s.n_kv_heads / s.n_heads, size = s.head_size();
    const auto out = attention_of(static_cast<int>(stream.size()), size, head_of(q, h, size),
                                  head_of(k, kv, size), head_of(v, kv, size));
    for (std::size_t t = 0; t < stream.size(); ++t)
      std::copy_n(out.begin() + static_cast<std::ptrdiff_t>(t) * size, size, joined[t].begin() + h * size);
  }
  for (std::size_t t = 0; t < stream.size(); ++t)
    add(stream[t], matvec(m.wo.data() + layer * s.dim * s.dim, s.dim, joined[t]));
}

void feed_forward(const DoubleModel& m, int layer, Vector& x) {
  const auto& s = m.shape;
  const auto in = rmsnorm(x, m.ffn_norm.data() + layer * s.dim);
  auto gate = matvec(m.w1.data() + layer * s.hidden_dim * s.dim, s.hidden_dim, in);
  const auto up = matvec(m.w3.data() + layer * s.hidden_dim * s.dim, s.hidden_dim, in);
  for (std::size_t i = 0; i < gate.size(); ++i) gate[i] = gate[i] / (1.0 + std::exp(-gate[i])) * up[i];
  add(x, matvec(m.w2.data() + layer * s.dim * s.hidden_dim, s.dim, gate));
}

}  // namespace

DoubleModel::DoubleModel(const checkpoint::FloatModel& m)
    : shape(m.shape),
      tok_emb(widen(m.tok_emb)),
      att_norm(widen(m.att_norm)),
      wq(widen(m.wq)),
      wk(widen(m.wk)),
      wv(widen(m.wv)),
      wo(widen(m.wo)),
      ffn_norm(widen(m.ffn_norm)),
      w1(widen(m.w1)),
      w2(widen(m.w2)),
      w3(widen(m.w3)),
      final_norm(widen(m.final_norm)) {}

auto attention_of(int length, int head_size, const Vector& q, const Vector& k, const Vector& v) -> Vector {
  const auto at = [head_size](int t, int d) { return static_cast<std::size_t>(t * head_size + d); };
  Vector out(q.size(), 0.0);
  for (int i = 0; i < length; ++i) {
    Vector p(static_cast<std::size_t>(i) + 1, 0.0);
    double total = 0;
    for (int j = 0; j <= i; ++j) {
      double score = 0;
      for (int d = 0; d < head_size; ++d) score += q[at(i, d)] * k[at(j, d)];
      total += p[static_cast<std::size_t>(j)] = std::exp(score / std::sqrt(static_cast<double>(head_size)));
    }
    for (int j = 0; j <= i; ++j)
      for (int d = 0; d < head_size; ++d)
        out[at(i, d)] += p[static_cast<std::size_t>(j)] / total * v[at(j, d)];
  }
  return out;
}

auto loss_of(const DoubleModel& m, std::span<const std::uint16_t> tokens) -> double {
  std::vector<Vector> stream;
  for (std::size_t t = 0; t + 1 < tokens.size(); ++t) {
    const auto* row = m.tok_emb.data() + tokens[t] * m.shape.dim;
    stream.emplace_back(row, row + m.shape.dim);
  }
  for (int layer = 0; layer < m.shape.n_layers; ++layer) {
    attend(m, layer, stream);
    for (auto& x : stream) feed_forward(m, layer, x);
  }
  double loss = 0;
  for (std::size_t t = 0; t < stream.size(); ++t) {
    const auto logits = matvec(m.tok_emb.data(), m.shape.vocab_size, rmsnorm(stream[t], m.final_norm.data()));
    double total = 0;
    for (const double logit : logits) total += std::exp(logit);
    loss += std::log(total) - logits[tokens[t + 1]];
  }
  return loss;
}

}  // namespace mcullm::train::testing
