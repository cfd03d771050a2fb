// SPDX-License-Identifier: MIT
#include "quant/quantize.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "quant/evaluate.hpp"
#include "random_model.hpp"
#include "reference/integer_transformer.hpp"

namespace mcullm::tests {
namespace {

using checkpoint::ModelShape;
using image::KvFormat;
using quant::Options;
using quant::quantize;

auto small() -> ModelShape {
  return {.dim = 24,
          .hidden_dim = 21,
          .n_layers = 2,
          .n_heads = 6,
          .n_kv_heads = 2,
          .vocab_size = 37,
          .context = 32};
}

auto quick(KvFormat kv_format = KvFormat::k16v8) -> Options {
  return {.kv_format = kv_format, .calibration_tokens = 256};
}

auto some_text(int vocab, int sequences, int length) -> std::vector<quant::Tokens> {
  std::vector<quant::Tokens> text;
  for (int s = 0; s < sequences; s++) {
    auto& tokens = text.emplace_back(1, 1);
    for (int i = 1; i < length; i++) tokens.push_back((s * 31 + i * i * 7 + i) % vocab);
  }
  return text;
}

auto kl_after(const image::FloatImage& source, const Options& options) -> double {
  const auto quantized = quantize(source, options, no_progress);
  REQUIRE(quantized);
  const int context = std::min(source.model.shape.context, 24);
  const auto result =
      quant::evaluate(quantized->image, source.model, some_text(source.model.shape.vocab_size, 4, context),
                      1000, no_progress);
  REQUIRE(result);
  return result->mean_kl;
}

TEST_CASE("quantize: integers follow the float model for every shape and cache format", "[quant]") {
  const auto kv_format = GENERATE(KvFormat::k8v8, KvFormat::k16v8, KvFormat::k16v16);
  const auto shape = GENERATE(small(),
                              ModelShape{.dim = 2,
                                         .hidden_dim = 1,
                                         .n_layers = 1,
                                         .n_heads = 1,
                                         .n_kv_heads = 1,
                                         .vocab_size = 32,
                                         .context = 8},
                              ModelShape{.dim = 30,
                                         .hidden_dim = 77,
                                         .n_layers = 1,
                                         .n_heads = 5,
                                         .n_kv_heads = 1,
                                         .vocab_size = 101,
                                         .context = 40},
                              ModelShape{.dim = 128,
                                         .hidden_dim = 50,
                                         .n_layers = 1,
                                         .n_heads = 1,
                                         .n_kv_heads = 1,
                                         .vocab_size = 64,
                                         .context = 16},
                              ModelShape{.dim = 32,
                                         .hidden_dim = 48,
                                         .n_layers = 3,
                                         .n_heads = 16,
                                         .n_kv_heads = 8,
                                         .vocab_size = 33,
                                         .context = 24});
  const bool shared = GENERATE(true, false);
  CAPTURE(static_cast<int>(kv_format), shape.dim, shared);
  // these models attend sharply, which makes keys of 8 bits cost more than in a trained one
  const double limit = kv_format == KvFormat::k8v8 ? 2e-2 : 2e-3;
  REQUIRE(kl_after(random_float_image(shape, shared, 5), quick(kv_format)) < limit);
}

TEST_CASE("quantize: weights of 4 bits follow, less closely", "[quant]") {
  const auto source = random_float_image(small(), true, 5);
  auto options = quick();
  options.layer_bits = 4;
  const double layers = kl_after(source, options);
  options.classifier_bits = 4;
  const double all = kl_after(source, options);
  REQUIRE(layers > kl_after(source, quick()));
  REQUIRE(layers < 0.2);
  REQUIRE(all < 0.5);
}

TEST_CASE("quantize: the same input gives the same bytes", "[quant]") {
  const auto source = random_float_image(small(), false, 8);
  const auto first = quantize(source, quick(), no_progress), second = quantize(source, quick(), no_progress);
  REQUIRE(first);
  REQUIRE(second);
  REQUIRE(image::write_model_image(first->image) == image::write_model_image(second->image));
}

TEST_CASE("quantize: the written image is accepted and computes the same", "[quant]") {
  const auto quantized =
      quantize(random_float_image(small(), GENERATE(true, false), 9), quick(), no_progress);
  REQUIRE(quantized);
  const auto bytes = image::write_model_image(quantized->image);
  const auto read_back = image::parse_model_image(bytes, "image");
  REQUIRE(read_back);
  reference::IntegerTransformer before(quantized->image), after(*read_back);
  for (int pos = 0; pos < 10; pos++)
    REQUIRE(before.forward(pos, pos).logits_crc == after.forward(pos, pos).logits_crc);
  REQUIRE(quantized->report.image_bytes == bytes.size());
}

TEST_CASE("quantize: a model of zeros stays one", "[quant]") {
  const auto quantized = quantize(random_float_image(small(), true, 1, 0.0), quick(), no_progress);
  REQUIRE(quantized);
  reference::IntegerTransformer transformer(quantized->image);
  for (const auto logit : transformer.forward(3, 0).logits) REQUIRE(logit == 0);
}

TEST_CASE("quantize: zero rows, zero queries, zero keys and zero gains are models too", "[quant]") {
  auto source = random_float_image(small(), true, 11);
  auto& m = source.model;
  const auto zeroed = GENERATE(0, 1, 2, 3, 4, 5);
  CAPTURE(zeroed);
  auto& tensor = *std::vector<std::vector<float>*>{
      &m.wq, &m.wk, &m.wv, &m.w3, &m.att_norm, &m.ffn_norm}[static_cast<std::size_t>(zeroed)];
  std::fill(tensor.begin(), tensor.end(), 0.0F);
  std::fill(m.w2.begin(), m.w2.begin() + 21, 0.0F);
  const auto kv_format = GENERATE(KvFormat::k8v8, KvFormat::k16v16);
  REQUIRE(kl_after(source, quick(kv_format)) < 2e-3);
}

TEST_CASE("quantize: models a thousand times smaller or ten times larger follow or are refused with a reason",
          "[quant]") {
  const double scale = GENERATE(1e-12, 1e-3, 0.1, 10.0, 1e3, 1e6, 1e30);
  CAPTURE(scale);
  const auto source = random_float_image(small(), true, 12, scale);
  const auto quantized = quantize(source, quick(), no_progress);
  if (!quantized) {
    REQUIRE(scale >= 10.0);
    REQUIRE_FALSE(quantized.error().what.empty());
    REQUIRE(quantized.error().exit == Exit::input);
    return;
  }
  const auto result = quant::evaluate(quantized->image, source.model, some_text(37, 2, 24), 100, no_progress);
  REQUIRE(result);
  CAPTURE(result->mean_kl);
  REQUIRE((result->mean_kl < 0.02 || !quantized->report.saturated.empty()));
}

TEST_CASE("quantize: gates of every magnitude choose their scale", "[quant]") {
  auto source = random_float_image(small(), true, 13);
  const float factor = GENERATE(0.01F, 1.0F, 8.0F, 25.0F);
  CAPTURE(factor);
  for (auto& w : source.model.w1) w *= factor;
  REQUIRE(kl_after(source, quick()) < 5e-3);
}

TEST_CASE("quantize: what the arithmetic cannot hold is refused by name", "[quant]") {
  auto source = random_float_image(small(), true, 14);
  SECTION("a gate beyond 128") {
    auto& w1 = source.model.w1;
    for (auto w = w1.size() / 2; w < w1.size(); ++w) w1[w] *= 1e4F;
    const auto refused = quantize(source, quick(), no_progress);
    REQUIRE_FALSE(refused);
    REQUIRE(refused.error().what.find("the gate of layer 1 reaches") != std::string::npos);
  }
  SECTION("a query row beyond every multiplier") {
    const auto dim = static_cast<std::size_t>(small().dim);
    for (std::size_t c = 0; c < dim; ++c) source.model.wq[3 * dim + c] *= 1e12F;
    const auto refused = quantize(source, quick(), no_progress);
    REQUIRE_FALSE(refused);
    REQUIRE(refused.error().what.find("wq of layer 0: row 3 needs a scale of") != std::string::npos);
  }
  SECTION("a model that overflows fp32") {
    for (auto& g : source.model.final_norm) g *= 3e38F;
    const auto refused = quantize(source, quick(), no_progress);
    REQUIRE_FALSE(refused);
    REQUIRE(refused.error().what.find("not finite") != std::string::npos);
  }
  SECTION("a head size that is odd") {
    const auto refused = quantize(random_float_image({.dim = 9,
                                                      .hidden_dim = 4,
                                                      .n_layers = 1,
                                                      .n_heads = 3,
                                                      .n_kv_heads = 3,
                                                      .vocab_size = 32,
                                                      .context = 8},
                                                     true, 1),
                                  quick(), no_progress);
    REQUIRE_FALSE(refused);
    REQUIRE(refused.error().what.find("head size") != std::string::npos);
  }
  SECTION("a vocabulary of 31") {
    source.model.shape.vocab_size = 31;
    const auto refused = quantize(source, quick(), no_progress);
    REQUIRE_FALSE(refused);
    REQUIRE(refused.error().what.find("vocab_size") != std::string::npos);
  }
  SECTION("weights of 5 bits") {
    auto options = quick();
    options.layer_bits = 5;
    const auto refused = quantize(source, options, no_progress);
    REQUIRE_FALSE(refused);
    REQUIRE(refused.error().exit == Exit::usage);
  }
}

TEST_CASE("quantize: a context beyond 4096 is cut, and the report says so", "[quant]") {
  auto shape = small();
  shape.context = 5000;
  const auto quantized = quantize(random_float_image(shape, true, 15), quick(), no_progress);
  REQUIRE(quantized);
  REQUIRE(quantized->image.shape.context == 4096);
  REQUIRE(quantized->report.context == 4096);
}

TEST_CASE("quantize: a shorter context changes nothing else", "[quant]") {
  const auto source = random_float_image(small(), false, 16);
  auto shorter = quick();
  shorter.context = 5;
  const auto whole = quantize(source, quick(), no_progress), cut = quantize(source, shorter, no_progress);
  REQUIRE(whole);
  REQUIRE(cut);
  CHECK(cut->report.context == 5);
  auto same = cut->image;
  same.shape.context = whole->image.shape.context;
  CHECK(image::write_model_image(same) == image::write_model_image(whole->image));
  shorter.context = 1 << 20;
  const auto longer = quantize(source, shorter, no_progress);
  REQUIRE(longer);
  CHECK(longer->report.context == small().context);
}

TEST_CASE("quantize: the report counts bits and progress reaches its end", "[quant]") {
  std::vector<Progress> events;
  const auto quantized = quantize(random_float_image(small(), true, 16), quick(),
                                  [&](const Progress& p) { events.push_back(p); });
  REQUIRE(quantized);
  const auto& report = quantized->report;
  // 8 bits each, 16 more per row, rows padded to whole words
  REQUIRE(report.bits_per_weight > 8.0);
  REQUIRE(report.bits_per_weight < 10.0);
  REQUIRE(report.weights == 2 * (2 * 24 * 24 + 2 * 8 * 24 + 3 * 21 * 24) + 37 * 24);
  REQUIRE(events.front().phase == "calibrating");
  REQUIRE(events.back().done == events.back().total);
}

TEST_CASE("quantize: whoever watches can end it at any time", "[quant]") {
  const auto source = random_float_image(small(), true, 17);
  for (const int patience : {0, 100, 257}) {
    int asked = 0;
    const auto ended = quantize(source, quick(), no_progress, [&] { return asked++ == patience; });
    REQUIRE_FALSE(ended);
    REQUIRE(ended.error().exit == Exit::cancelled);
  }
}

}  // namespace
}  // namespace mcullm::tests
