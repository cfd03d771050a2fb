// SPDX-License-Identifier: MIT
#include "quant/evaluate.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "quant/quantize.hpp"
#include "quant/text_split.hpp"
#include "random_model.hpp"

namespace mcullm::tests {
namespace {

using quant::evaluate;
using quant::split_texts;

auto source_model() -> image::FloatImage {
  return random_float_image({.dim = 16,
                             .hidden_dim = 20,
                             .n_layers = 1,
                             .n_heads = 2,
                             .n_kv_heads = 1,
                             .vocab_size = 40,
                             .context = 10},
                            true, 21);
}

auto quantized(const image::FloatImage& source) -> image::ModelImage {
  auto result = quant::quantize(source, {.calibration_tokens = 64}, no_progress);
  REQUIRE(result);
  return std::move(result->image);
}

TEST_CASE("evaluate: counts positions up to the context and the limit", "[evaluate]") {
  const auto source = source_model();
  const auto image = quantized(source);
  const std::vector<quant::Tokens> text = {quant::Tokens(25, 7), {1, 2, 3}};
  const auto all = evaluate(image, source.model, text, 1000, no_progress);
  REQUIRE(all);
  REQUIRE(all->tokens == 13);
  REQUIRE(all->predictions == 12);
  const auto some = evaluate(image, source.model, text, 4, no_progress);
  REQUIRE(some);
  REQUIRE(some->tokens == 4);
}

TEST_CASE("evaluate: a model without preference has the perplexity of its vocabulary", "[evaluate]") {
  auto source = source_model();
  source.model.final_norm.assign(source.model.final_norm.size(), 0.0F);
  const auto result =
      evaluate(quantized(source), source.model, std::vector<quant::Tokens>{{1, 5, 9, 2}}, 100, no_progress);
  REQUIRE(result);
  REQUIRE(result->float_perplexity == Approx(40.0));
  REQUIRE(result->integer_perplexity == Approx(40.0));
  REQUIRE(result->mean_kl == Approx(0.0).margin(1e-12));
  REQUIRE(result->top1_agreement == 1.0);
}

TEST_CASE("evaluate: another model's image is far away", "[evaluate]") {
  const auto source = source_model();
  const auto other = random_float_image(source.model.shape, true, 22);
  const std::vector<quant::Tokens> text = {{1, 5, 9, 2, 30, 31, 32, 33}};
  const auto near = evaluate(quantized(source), source.model, text, 100, no_progress);
  const auto far = evaluate(quantized(other), source.model, text, 100, no_progress);
  REQUIRE(near);
  REQUIRE(far);
  REQUIRE(near->mean_kl < 0.005);
  REQUIRE(far->mean_kl > 0.1);
  REQUIRE(far->max_kl >= far->mean_kl);
}

TEST_CASE("evaluate: models and texts that do not go together are refused", "[evaluate]") {
  const auto source = source_model();
  const auto image = quantized(source);
  auto shape = source.model.shape;
  shape.vocab_size = 41;
  REQUIRE_FALSE(evaluate(image, random_float_image(shape, true, 1).model, std::vector<quant::Tokens>{{1}}, 9,
                         no_progress));
  REQUIRE_FALSE(evaluate(image, source.model, std::vector<quant::Tokens>{{1, 40}}, 9, no_progress));
  REQUIRE_FALSE(evaluate(image, source.model, std::vector<quant::Tokens>{{1, -1}}, 9, no_progress));
  REQUIRE_FALSE(evaluate(image, source.model, std::vector<quant::Tokens>{}, 9, no_progress));
  REQUIRE_FALSE(evaluate(image, source.model, std::vector<quant::Tokens>{{}}, 9, no_progress));
}

TEST_CASE("split texts: between markers, where there are any", "[evaluate]") {
  using Texts = std::vector<std::string_view>;
  REQUIRE(split_texts("one\n\nstill one\n<|endoftext|>\n\n two \n<|endoftext|>\n\n<|endoftext|>\n") ==
          Texts{"one\n\nstill one", "two"});
  REQUIRE(split_texts("one\r\n<|endoftext|>\r\ntwo") == Texts{"one", "two"});
}

TEST_CASE("split texts: else between blank lines", "[evaluate]") {
  using Texts = std::vector<std::string_view>;
  REQUIRE(split_texts("one\nmore\n\n \ntwo\n") == Texts{"one\nmore", "two"});
  REQUIRE(split_texts("").empty());
  REQUIRE(split_texts("\n\n \n").empty());
}

}  // namespace
}  // namespace mcullm::tests
