// SPDX-License-Identifier: MIT
#include "reference/float_transformer.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include "random_model.hpp"

namespace mcullm::tests {
namespace {

using reference::FloatTransformer;

auto shape() -> checkpoint::ModelShape {
  return {.dim = 24,
          .hidden_dim = 21,
          .n_layers = 2,
          .n_heads = 6,
          .n_kv_heads = 2,
          .vocab_size = 37,
          .context = 16};
}

using Reals = std::vector<double>;

auto product(const std::vector<float>& stack, int layer, std::size_t rows, const Reals& x) -> Reals {
  Reals y(rows, 0.0);
  const std::size_t begin = static_cast<std::size_t>(layer) * rows * x.size();
  for (std::size_t i = 0; i < rows * x.size(); i++)
    y[i / x.size()] += static_cast<double>(stack[begin + i]) * x[i % x.size()];
  return y;
}

auto normed(const Reals& x, const std::vector<float>& gains, int layer) -> Reals {
  double sum = 0.0;
  for (const double v : x) sum += v * v;
  Reals y;
  for (const double v : x) {
    const double gain = static_cast<double>(gains[static_cast<std::size_t>(layer) * x.size() + y.size()]);
    y.push_back(gain * v / std::sqrt(sum / static_cast<double>(x.size()) + 1e-5));
  }
  return y;
}

// The first token in double precision: attention to one key returns its value, and position 0 turns nothing.
auto first_token(const checkpoint::FloatModel& m, int token) -> Reals {
  const auto dim = static_cast<std::size_t>(m.shape.dim),
             hidden = static_cast<std::size_t>(m.shape.hidden_dim);
  const auto kv_dim = static_cast<std::size_t>(m.shape.kv_dim()),
             size = static_cast<std::size_t>(m.shape.head_size());
  const std::size_t group = static_cast<std::size_t>(m.shape.n_heads / m.shape.n_kv_heads);
  Reals x(m.tok_emb.begin() + token * m.shape.dim, m.tok_emb.begin() + (token + 1) * m.shape.dim);
  for (int l = 0; l < m.shape.n_layers; l++) {
    const Reals v = product(m.wv, l, kv_dim, normed(x, m.att_norm, l));
    Reals att;
    for (std::size_t i = 0; i < dim; i++) att.push_back(v[i / size / group * size + i % size]);
    const Reals att_out = product(m.wo, l, dim, att);
    for (std::size_t i = 0; i < dim; i++) x[i] += att_out[i];
    const Reals a = normed(x, m.ffn_norm, l);
    const Reals g = product(m.w1, l, hidden, a), u = product(m.w3, l, hidden, a);
    Reals h;
    for (std::size_t i = 0; i < hidden; i++) h.push_back(g[i] / (1.0 + std::exp(-g[i])) * u[i]);
    const Reals ffn_out = product(m.w2, l, dim, h);
    for (std::size_t i = 0; i < dim; i++) x[i] += ffn_out[i];
  }
  return product(m.classifier(), 0, static_cast<std::size_t>(m.shape.vocab_size), normed(x, m.final_norm, 0));
}

TEST_CASE("float transformer: the first token equals a plain computation in double", "[float]") {
  const bool shared = GENERATE(true, false);
  const auto image = random_float_image(shape(), shared, 3);
  FloatTransformer transformer(image.model);
  const auto logits = transformer.forward(5, 0);
  const Reals expected = first_token(image.model, 5);
  for (std::size_t i = 0; i < expected.size(); i++) REQUIRE(logits[i] == Approx(expected[i]).margin(1e-4));
}

TEST_CASE("float transformer: equal keys share attention, whatever the position says", "[float]") {
  // with wq = 0 all scores are 0 and attention averages the values: the same token again changes nothing
  auto image = random_float_image(shape(), true, 4);
  for (auto& w : image.model.wq) w = 0.0F;
  FloatTransformer transformer(image.model);
  const auto first = transformer.forward(9, 0);
  const std::vector<float> once(first.begin(), first.end());
  const auto again = transformer.forward(9, 1);
  for (std::size_t i = 0; i < once.size(); i++) REQUIRE(again[i] == Approx(once[i]).margin(1e-4));
}

TEST_CASE("float transformer: scores depend on the distance of positions alone", "[float]") {
  class FirstScores : public reference::FloatObserver {
   public:
    void observe(mcl_op_t op, int layer, std::span<const float> values) override {
      if (op == MCL_OP_SCORE && layer == 0) scores.assign(values.begin(), values.end());
    }
    std::vector<float> scores;  // (heads, positions)
  };
  const auto image = random_float_image(shape(), true, 5);
  FloatTransformer transformer(image.model);
  FirstScores seen;
  std::vector<float> neighbour;  // score of the key one position back, head 0
  for (int pos = 0; pos < 8; pos++) {
    transformer.forward(7, pos, &seen);
    if (pos > 0) neighbour.push_back(seen.scores[static_cast<std::size_t>(pos) - 1]);
  }
  for (const float s : neighbour) REQUIRE(s == Approx(neighbour.front()).margin(1e-4));
}

TEST_CASE("float transformer: a lower position overwrites, a gap is an error", "[float]") {
  const auto image = random_float_image(shape(), true, 6);
  FloatTransformer transformer(image.model), fresh(image.model);
  for (int pos = 0; pos < 5; pos++) transformer.forward(1, pos);
  for (int pos = 0; pos < 2; pos++) fresh.forward(1, pos);
  const auto logits = transformer.forward(8, 2);
  const std::vector<float> overwritten(logits.begin(), logits.end());
  const auto expected = fresh.forward(8, 2);
  REQUIRE((overwritten == std::vector<float>(expected.begin(), expected.end())));
  REQUIRE_THROWS_AS(transformer.forward(8, 4), std::out_of_range);
  REQUIRE_THROWS_AS(transformer.forward(37, 0), std::out_of_range);
}

}  // namespace
}  // namespace mcullm::tests
