// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "train/parameters.hpp"
#include "train/row_rounding.hpp"

using namespace mcullm::train;
using Catch::Matchers::Contains;

TEST_CASE("shape: what no llama2.c model can have is refused with the field", "[train][shape]") {
  const auto [shape, reason] = GENERATE(table<ModelShape, std::string>({
      {{0, 172, 5, 8, 4, 512, 512}, "dim is 0"},
      {{64, 0, 5, 8, 4, 512, 512}, "hidden is 0"},
      {{64, 172, 99, 8, 4, 512, 512}, "layers is 99"},
      {{64, 172, 5, -8, 4, 512, 512}, "heads is -8"},
      {{64, 172, 5, 8, 0, 512, 512}, "kv_heads is 0"},
      {{64, 172, 5, 8, 4, 0, 512}, "vocab is 0"},
      {{64, 172, 5, 8, 4, 512, 0}, "context is 0"},
      {{65, 172, 5, 8, 4, 512, 512}, "8 heads do not divide dim 65"},
      {{24, 172, 5, 8, 4, 512, 512}, "the head size 24 / 8 = 3 is odd"},
      {{64, 172, 5, 8, 3, 512, 512}, "3 kv_heads do not divide 8 heads"},
  }));
  const auto checked = check_shape(shape);
  REQUIRE(!checked);
  REQUIRE_THAT(checked.error().what, Contains(reason));
  REQUIRE(!checked.error().hint.empty());
}

TEST_CASE("parameters: the count is that of the checkpoint", "[train][parameters]") {
  REQUIRE(parameter_count({64, 172, 5, 8, 4, 512, 512}) == 260032);
  REQUIRE(parameter_count({32, 64, 2, 4, 2, 256, 128}) == 26784);
}

TEST_CASE("parameters: a model survives the padded layout and back", "[train][parameters]") {
  const ModelShape shape{12, 10, 2, 3, 1, 40, 16};
  const ParameterLayout layout(shape);
  const auto parameters = initial_parameters(layout, 9);
  const auto model = to_model(layout, parameters);
  REQUIRE(from_model(layout, model) == parameters);
  REQUIRE(model.w2.size() == 2U * 12U * 10U);
  REQUIRE(model.att_norm == std::vector<float>(24, 1.0F));
}

TEST_CASE("rounding: codes stay within the grid and zero rows stay zero", "[train][rounding]") {
  const int q_max = GENERATE(int4_q_max, int8_q_max);
  std::vector<float> row = {0.31F, -1.7F, 0.0F, 1.69F, 1e-9F};
  const float scale = row_scale(row, q_max);
  REQUIRE(scale == 1.7F / static_cast<float>(q_max));
  for (const float w : row) REQUIRE(std::abs(row_code(w, scale)) <= static_cast<float>(q_max));
  std::vector<float> zeros(4, 0.0F);
  round_row(zeros, q_max);
  REQUIRE(zeros == std::vector<float>(4, 0.0F));
}

TEST_CASE("rounding: halves go to the even code", "[train][rounding]") {
  REQUIRE(row_code(0.5F, 1.0F) == 0.0F);
  REQUIRE(row_code(1.5F, 1.0F) == 2.0F);
  REQUIRE(row_code(-2.5F, 1.0F) == -2.0F);
  REQUIRE(row_code(-3.5F, 1.0F) == -4.0F);
}

TEST_CASE("rounding: a rounded row has the same codes again", "[train][rounding]") {
  const int q_max = GENERATE(int4_q_max, int8_q_max);
  const ParameterLayout layout({32, 64, 2, 4, 2, 256, 128});
  auto once = initial_parameters(layout, 31);
  round_parameters(layout, q_max, once);
  for (int r = 0; r < layout.embedding.rows; ++r) {
    const auto row = std::span(once).subspan(layout.embedding.at + static_cast<std::size_t>(r * 32), 32);
    const float scale = row_scale(row, int8_q_max);
    for (const float w : row) REQUIRE(row_code(w, scale) * scale == Approx(w).epsilon(1e-6));
  }
}
