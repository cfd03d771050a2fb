// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "checkpoint/tensors.hpp"
#include "image/model_image.hpp"
#include "proto/image_fields.h"
#include "tests/checkpoint/sample_checkpoint.hpp"
#include "tests/image/bad_images.hpp"
#include "tests/image/sample_image.hpp"

using namespace mcullm;
using namespace mcullm::image;

namespace {

void require_same(const Matrix& found, const Matrix& expected) {
  REQUIRE(found.rows == expected.rows);
  REQUIRE(found.cols == expected.cols);
  REQUIRE(found.bits == expected.bits);
  REQUIRE(found.shift == expected.shift);
  REQUIRE(found.weights == expected.weights);
  REQUIRE(found.multipliers == expected.multipliers);
}

void require_same(const Layer& found, const Layer& expected) {
  REQUIRE(found.att_gain_shift == expected.att_gain_shift);
  REQUIRE(found.ffn_gain_shift == expected.ffn_gain_shift);
  REQUIRE(found.hidden_shift == expected.hidden_shift);
  REQUIRE(found.att_gains == expected.att_gains);
  REQUIRE(found.ffn_gains == expected.ffn_gains);
  REQUIRE(found.k_centre == expected.k_centre);
  for (const auto matrix :
       {&Layer::wq, &Layer::wk, &Layer::wv, &Layer::wo, &Layer::w1, &Layer::w3, &Layer::w2})
    require_same(found.*matrix, expected.*matrix);
}

void require_same(const Identity& found, const Identity& expected) {
  REQUIRE(found.name == expected.name);
  REQUIRE(found.source == expected.source);
  REQUIRE(found.bos_token == expected.bos_token);
  REQUIRE(found.eos_token == expected.eos_token);
}

void require_same(const std::vector<Token>& found, const std::vector<Token>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    REQUIRE(found[i].text == expected[i].text);
    REQUIRE(found[i].rank == expected[i].rank);
  }
}

void require_same(const ModelImage& found, const ModelImage& expected) {
  require_same(found.identity, expected.identity);
  REQUIRE(found.shape == expected.shape);
  REQUIRE(found.rms_eps == expected.rms_eps);
  REQUIRE(found.rope_theta == expected.rope_theta);
  REQUIRE(found.kv_format == expected.kv_format);
  REQUIRE(found.resid_frac == expected.resid_frac);
  REQUIRE(found.gate_frac == expected.gate_frac);
  REQUIRE(found.norm_frac == expected.norm_frac);
  REQUIRE(found.embed_shift == expected.embed_shift);
  REQUIRE(found.final_gain_shift == expected.final_gain_shift);
  REQUIRE(found.norm_numerator == expected.norm_numerator);
  REQUIRE(found.norm_eps == expected.norm_eps);
  REQUIRE(found.rope_step == expected.rope_step);
  REQUIRE(found.layers.size() == expected.layers.size());
  for (std::size_t i = 0; i < found.layers.size(); ++i) require_same(found.layers[i], expected.layers[i]);
  REQUIRE(found.final_gains == expected.final_gains);
  require_same(found.classifier, expected.classifier);
  REQUIRE(found.embedding.has_value() == expected.embedding.has_value());
  if (found.embedding) require_same(*found.embedding, *expected.embedding);
  require_same(found.tokens, expected.tokens);
}

const std::vector<tests::Storage> storages = {
    {.layer_bits = 8, .classifier_bits = 8, .shared_classifier = true, .kv_format = KvFormat::k8v8},
    {.layer_bits = 4, .classifier_bits = 8, .shared_classifier = true, .kv_format = KvFormat::k16v8},
    {.layer_bits = 8, .classifier_bits = 4, .embedding_bits = 8, .shared_classifier = false},
    {.layer_bits = 4,
     .classifier_bits = 4,
     .embedding_bits = 4,
     .shared_classifier = false,
     .kv_format = KvFormat::k16v16},
};

}  // namespace

TEST_CASE("image: reading a model image undoes writing it, for every kind of shape and storage", "[image]") {
  std::uint32_t seed = 0;
  for (const auto& shape : tests::sample_shapes(40)) {
    for (const auto& storage : storages) {
      CAPTURE(++seed, shape.dim, shape.hidden_dim, shape.n_layers, shape.n_heads, shape.vocab_size);
      const auto image = tests::sample_model_image(shape, storage, seed);
      const auto bytes = write_model_image(image);
      REQUIRE(image_kind(bytes, "a.mcm").value() == Kind::model_image);
      const auto parsed = parse_model_image(bytes, "a.mcm");
      if (!parsed) FAIL(parsed.error().what);
      require_same(parsed.value(), image);
      REQUIRE(write_model_image(parsed.value()) == bytes);
    }
  }
}

TEST_CASE("image: reading a float image undoes writing it, for every kind of shape", "[image]") {
  std::uint32_t seed = 1000;
  for (const auto& shape : tests::sample_shapes(40)) {
    for (const bool shared : {true, false}) {
      CAPTURE(++seed, shape.dim, shape.hidden_dim, shape.vocab_size, shared);
      const auto image = tests::sample_float_image(shape, shared, seed);
      const auto bytes = write_float_image(image);
      REQUIRE(image_kind(bytes, "a.mcm").value() == Kind::float_image);
      const auto parsed = parse_float_image(bytes, "a.mcm");
      if (!parsed) FAIL(parsed.error().what);
      require_same(parsed->identity, image.identity);
      require_same(parsed->tokens, image.tokens);
      REQUIRE(parsed->model.shape == image.model.shape);
      REQUIRE(parsed->model.norm_eps == image.model.norm_eps);
      REQUIRE(parsed->model.rope_theta == image.model.rope_theta);
      for (const auto& tensor : checkpoint::tensors_of(shape, shared))
        REQUIRE(parsed->model.*tensor.values == image.model.*tensor.values);
      REQUIRE(write_float_image(parsed.value()) == bytes);
    }
  }
}

TEST_CASE("image: the sections of a model image follow one another on sectors up to the last byte",
          "[image]") {
  for (const auto& storage : storages) {
    const auto bytes = write_model_image(tests::sample_model_image(tests::small_shape(), storage, 3));
    const auto all = sections(bytes);
    REQUIRE(all.size() == (storage.shared_classifier ? 4 : 5));
    std::uint64_t end = 0;
    for (const auto& section : all) {
      CAPTURE(section.name);
      REQUIRE(section.offset == (end + 511) / 512 * 512);
      end = std::uint64_t{section.offset} + section.bytes;
    }
    REQUIRE(end == bytes.size());
  }
}

TEST_CASE("image: ranks are dense, and equal for equal scores", "[image]") {
  checkpoint::Vocabulary vocabulary{1, {{"a", -3.0F}, {"b", 0.0F}, {"c", -3.0F}, {"d", -1.5F}, {"e", -0.0F}}};
  std::vector<int> ranks;
  for (const auto& token : ranked_tokens(vocabulary)) ranks.push_back(token.rank);
  REQUIRE(ranks == std::vector<int>{0, 2, 0, 1, 2});
}

TEST_CASE("image: every malformed model image is refused with its own message", "[image]") {
  tests::require_refusals(
      tests::bad_model_images(), "tests/image/bad_model_images.txt",
      [](const tests::Bytes& bytes) { return tests::refusal(parse_model_image(bytes, "bad.mcm")); });
}

TEST_CASE("image: every malformed float image is refused with its own message", "[image]") {
  tests::require_refusals(
      tests::bad_float_images(), "tests/image/bad_float_images.txt",
      [](const tests::Bytes& bytes) { return tests::refusal(parse_float_image(bytes, "bad.mcm")); });
}

TEST_CASE("image: a row whose sum could overflow is refused, whatever the header says", "[image]") {
  auto shape = tests::small_shape();
  shape.hidden_dim = 517;
  auto image = tests::sample_model_image(shape, {}, 4);
  auto& row = image.layers[1].w2.weights;
  std::fill(row.begin(), row.begin() + 517, std::int8_t{-127});
  const auto bytes = write_model_image(image);
  const auto honest = parse_model_image(bytes, "a.mcm");
  REQUIRE_FALSE(honest);
  REQUIRE(honest.error().what == "a.mcm: header field 'max_row_l1' is 65659, expected at most 65538");
  const auto lying =
      parse_model_image(tests::resealed(tests::with_i32(bytes, MCL_AT_MAX_ROW_L1, 65538)), "a.mcm");
  REQUIRE_FALSE(lying);
  REQUIRE(lying.error().what ==
          "a.mcm: layer 1: w2: row 0: its absolute weights add up to 65659, expected at most 65538");
}

TEST_CASE("image: no single changed byte of an image goes unnoticed", "[image]") {
  const auto model = write_model_image(tests::sample_model_image(tests::small_shape(), storages[1], 8));
  const auto fp32 = write_float_image(tests::sample_float_image(tests::small_shape(), true, 9));
  for (std::size_t i = 0; i < model.size(); ++i)
    REQUIRE_FALSE(
        parse_model_image(tests::with_u8(model, i, std::to_integer<unsigned>(model[i]) ^ 0x10), "a.mcm"));
  for (std::size_t i = 0; i < fp32.size(); ++i)
    REQUIRE_FALSE(
        parse_float_image(tests::with_u8(fp32, i, std::to_integer<unsigned>(fp32[i]) ^ 0x10), "a.mcm"));
}
