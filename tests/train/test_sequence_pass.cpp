// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>

#include "double_llama.hpp"
#include "train/random.hpp"
#include "train/sequence_pass.hpp"

using namespace mcullm::train;
using mcullm::train::testing::DoubleModel;

namespace {

// MHA, GQA and MQA; widths that need padding and widths that do not.
const std::vector<ModelShape> shapes = {{16, 24, 2, 2, 2, 33, 40},
                                        {24, 20, 2, 4, 2, 131, 40},
                                        {12, 10, 1, 3, 1, 40, 40},
                                        {32, 48, 3, 4, 2, 64, 40}};

auto all_kernels() -> std::vector<const Kernels*> {
  const auto found = available_kernels();
  return {found.begin(), found.end()};
}

auto some_tokens(const ModelShape& shape, std::size_t count) -> std::vector<std::uint16_t> {
  Random random(5);
  std::vector<std::uint16_t> tokens;
  while (tokens.size() < count)
    tokens.push_back(static_cast<std::uint16_t>(random.below(static_cast<std::uint64_t>(shape.vocab_size))));
  return tokens;
}

// Larger than the trainer's start, so that attention is not flat.
auto some_parameters(const ParameterLayout& layout) -> Buffer {
  auto parameters = initial_parameters(layout, 3);
  for (auto& w : parameters)
    if (w != 1.0F) w *= 6.0F;
  return parameters;
}

void require_gradient(std::vector<double>& tensor, const std::vector<float>& gradient,
                      const DoubleModel& model, std::span<const std::uint16_t> tokens, const char* name) {
  Random random(29);
  for (int n = 0; n < 12; ++n) {
    const auto i = random.below(tensor.size());
    const double saved = tensor[i];
    tensor[i] = saved + 1e-5;
    const double above = testing::loss_of(model, tokens);
    tensor[i] = saved - 1e-5;
    const double expected = (above - testing::loss_of(model, tokens)) / 2e-5;
    tensor[i] = saved;
    CAPTURE(name, i, expected, gradient[i]);
    REQUIRE(std::abs(static_cast<double>(gradient[i]) - expected) <= 2e-4 * (1.0 + std::abs(expected)));
  }
}

}  // namespace

TEST_CASE("sequence pass: the loss is that of a plain Llama in double precision", "[train][pass]") {
  const auto& shape = GENERATE(from_range(shapes));
  const auto* kernels = GENERATE(from_range(all_kernels()));
  const std::size_t length = GENERATE(2U, 9U, 41U);
  CAPTURE(shape.dim, kernels->name, length);
  const ParameterLayout layout(shape);
  const auto parameters = some_parameters(layout);
  Weights weights(layout);
  weights.assign(parameters, 0);
  SequencePass pass(layout, *kernels);
  const auto tokens = some_tokens(shape, length);
  const double expected = testing::loss_of(DoubleModel(to_model(layout, parameters)), tokens);
  REQUIRE(pass.loss(weights, tokens) == Approx(expected).epsilon(1e-5));
}

TEST_CASE("sequence pass: every tensor's gradient agrees with finite differences",
          "[train][pass][gradient]") {
  const auto& shape = GENERATE(from_range(shapes));
  const auto* kernels = GENERATE(from_range(all_kernels()));
  CAPTURE(shape.dim, shape.n_heads, shape.n_kv_heads, kernels->name);
  const ParameterLayout layout(shape);
  const auto parameters = some_parameters(layout);
  Weights weights(layout);
  weights.assign(parameters, 0);
  SequencePass pass(layout, *kernels);
  const auto tokens = some_tokens(shape, 36);
  pass.loss_and_gradient(weights, tokens, 1.0F);
  const auto g = to_model(layout, pass.gradient());

  DoubleModel m(to_model(layout, parameters));
  require_gradient(m.tok_emb, g.tok_emb, m, tokens, "tok_emb");
  require_gradient(m.att_norm, g.att_norm, m, tokens, "att_norm");
  require_gradient(m.wq, g.wq, m, tokens, "wq");
  require_gradient(m.wk, g.wk, m, tokens, "wk");
  require_gradient(m.wv, g.wv, m, tokens, "wv");
  require_gradient(m.wo, g.wo, m, tokens, "wo");
  require_gradient(m.ffn_norm, g.ffn_norm, m, tokens, "ffn_norm");
  require_gradient(m.w1, g.w1, m, tokens, "w1");
  require_gradient(m.w2, g.w2, m, tokens, "w2");
  require_gradient(m.w3, g.w3, m, tokens, "w3");
  require_gradient(m.final_norm, g.final_norm, m, tokens, "final_norm");
}

TEST_CASE("sequence pass: padding never gets a gradient", "[train][pass]") {
  const ModelShape shape{12, 10, 1, 3, 1, 40, 40};
  const ParameterLayout layout(shape);
  Weights weights(layout);
  weights.assign(some_parameters(layout), 0);
  SequencePass pass(layout, *available_kernels().front());
  pass.loss_and_gradient(weights, some_tokens(shape, 20), 1.0F);
  const auto dense = from_model(layout, to_model(layout, pass.gradient()));
  REQUIRE(pass.gradient() == dense);
}

TEST_CASE("sequence pass: gradients of two sequences add up", "[train][pass]") {
  const auto shape = shapes[1];
  const ParameterLayout layout(shape);
  Weights weights(layout);
  weights.assign(some_parameters(layout), 0);
  SequencePass once(layout, *available_kernels().front()), twice(layout, *available_kernels().front());
  const auto tokens = some_tokens(shape, 30);
  once.loss_and_gradient(weights, tokens, 2.0F);
  twice.loss_and_gradient(weights, tokens, 1.0F);
  twice.loss_and_gradient(weights, tokens, 1.0F);
  for (std::size_t i = 0; i < layout.total; ++i)
    REQUIRE(twice.gradient()[i] == Approx(once.gradient()[i]).margin(1e-4));
}

TEST_CASE("sequence pass: a token's logits do not depend on what follows", "[train][pass]") {
  const auto shape = shapes[3];
  const ParameterLayout layout(shape);
  Weights weights(layout);
  weights.assign(some_parameters(layout), 0);
  SequencePass pass(layout, *available_kernels().front());
  auto tokens = some_tokens(shape, 39);
  const double whole = pass.loss(weights, tokens);
  tokens.push_back(7);
  const auto logits = pass.next_logits(weights, std::span(tokens).first(39));
  double total = 0;
  for (const float logit : logits) total += std::exp(static_cast<double>(logit));
  const double last = std::log(total) - static_cast<double>(logits[7]);
  REQUIRE(pass.loss(weights, tokens) == Approx(whole + last).epsilon(1e-5));
}
