// SPDX-License-Identifier: MIT
#include "quant/matrix_rounding.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "random_source.hpp"

namespace mcullm::tests {
namespace {

using quant::ErrorFeedback;
using quant::MatrixSource;
using quant::round_matrix;

auto source_of(const std::vector<float>& weights, int rows, int cols) -> MatrixSource {
  return {"a matrix", weights, rows, cols, std::vector<double>(static_cast<std::size_t>(rows), 1.0)};
}

// Entry (r, c) as the device multiplies with it.
auto device_value(const image::Matrix& m, int grid_bits, int r, int c) -> double {
  const auto at = static_cast<std::size_t>(r * m.cols + c);
  return m.weights[at] * m.multipliers[static_cast<std::size_t>(r)] * std::exp2(-grid_bits);
}

TEST_CASE("rounding: every weight lies within half a step of what the device multiplies with", "[rounding]") {
  const int bits = GENERATE(8, 4);
  RandomSource random(1);
  const int rows = 9, cols = 21, grid_bits = bits == 8 ? 20 : 16;
  const auto weights = random.floats(rows * cols, 3.0);
  const auto rounded =
      round_matrix(source_of(weights, rows, cols), bits, grid_bits, Eigen::VectorXd::Ones(cols), {});
  const int limit = bits == 8 ? 127 : 7;
  for (int r = 0; r < rows; r++) {
    const double step = rounded.matrix.multipliers[static_cast<std::size_t>(r)] * std::exp2(-grid_bits);
    for (int c = 0; c < cols; c++) {
      const auto at = static_cast<std::size_t>(r * cols + c);
      REQUIRE(std::abs(int{rounded.matrix.weights[at]}) <= limit);
      const double reachable = std::clamp<double>(weights[at], -limit * step, limit * step);
      REQUIRE(std::abs(device_value(rounded.matrix, grid_bits, r, c) - reachable) <= step / 2 + 1e-9);
    }
  }
}

TEST_CASE("rounding: rows of zeros stay zero, whatever stands beside them", "[rounding]") {
  std::vector<float> weights(3 * 4, 0.0F);
  for (std::size_t c = 4; c < 8; c++) weights[c] = 1.0F;
  const auto rounded = round_matrix(source_of(weights, 3, 4), 8, 16, Eigen::VectorXd::Ones(4), {});
  REQUIRE(rounded.matrix.multipliers[0] == 0);
  REQUIRE(rounded.matrix.multipliers[1] > 0);
  for (const std::size_t at : {0U, 3U, 8U, 11U}) REQUIRE(rounded.matrix.weights[at] == 0);
}

TEST_CASE("rounding: a row too small for the grid becomes zeros, not noise", "[rounding]") {
  const std::vector<float> weights = {1e-9F, -1e-9F, 1e-9F};
  const auto rounded = round_matrix(source_of(weights, 1, 3), 8, 16, Eigen::VectorXd::Ones(3), {});
  for (int c = 0; c < 3; c++) REQUIRE(device_value(rounded.matrix, 16, 0, c) == 0.0);
}

TEST_CASE("rounding: the sum of absolute weights keeps its bound, by a coarser row", "[rounding]") {
  const int cols = 4096;
  std::vector<float> weights(2 * cols, 1.0F);
  for (int c = 0; c < cols; c++) weights[static_cast<std::size_t>(cols + c)] = c == 0 ? 1.0F : 1e-3F;
  const auto source = source_of(weights, 2, cols);
  const auto shift = quant::matrix_shift(source, 8);
  REQUIRE(shift);
  const auto rounded = round_matrix(source, 8, *shift, Eigen::VectorXd::Ones(cols), {});
  for (int r = 0; r < 2; r++) {
    int sum = 0;
    for (int c = 0; c < cols; c++)
      sum += std::abs(int{rounded.matrix.weights[static_cast<std::size_t>(r * cols + c)]});
    REQUIRE(sum <= 65538);
    REQUIRE(device_value(rounded.matrix, *shift, r, 0) == Approx(1.0).epsilon(0.04));
  }
  REQUIRE(rounded.coarsened_rows == 1);
}

TEST_CASE("rounding: the shift is the largest at which all multipliers fit", "[rounding]") {
  std::vector<float> one = {127.0F};
  const auto shift = [&](float weight) {
    one[0] = weight;
    return quant::matrix_shift(source_of(one, 1, 1), 8);
  };
  REQUIRE(shift(127.0F) == 8);
  REQUIRE(shift(127.0F * 0.99F) == 16);
  REQUIRE(shift(127.0F / 257.0F) == 24);
  REQUIRE(shift(127.0F / 65537.0F / 2.0F) == 32);
  REQUIRE(shift(0.0F) == 32);
  REQUIRE(shift(127.0F * 255.0F) == 8);
  REQUIRE_FALSE(shift(127.0F * 257.0F));
}

TEST_CASE("error feedback: correlated inputs see less error than with plain rounding", "[rounding]") {
  RandomSource random(2);
  const int cols = 24, rows = 16;
  quant::SecondMoments moments(cols);
  std::vector<std::vector<float>> inputs;
  for (int t = 0; t < 300; t++) {
    const auto common = random.floats(3, 1.0), own = random.floats(cols, 0.2);
    std::vector<float> a;
    for (std::size_t c = 0; c < static_cast<std::size_t>(cols); c++) a.push_back(common[c % 3] + own[c]);
    moments.add(a);
    inputs.push_back(a);
  }
  const auto weights = random.floats(rows * cols, 1.0);
  const auto error = [&](const ErrorFeedback& feedback) {
    const auto m = round_matrix(source_of(weights, rows, cols), 4, 14, moments.diagonal(), feedback).matrix;
    double sum = 0.0;
    for (const auto& a : inputs) {
      for (int r = 0; r < rows; r++) {
        double difference = 0.0;
        for (int c = 0; c < cols; c++) {
          const auto at = static_cast<std::size_t>(r * cols + c);
          difference += (device_value(m, 14, r, c) - static_cast<double>(weights[at])) *
                        static_cast<double>(a[static_cast<std::size_t>(c)]);
        }
        sum += difference * difference;
      }
    }
    return sum;
  };
  REQUIRE(error(ErrorFeedback(moments)) < 0.6 * error(ErrorFeedback{}));
}

TEST_CASE("error feedback: inputs that are always zero are no reason to fail", "[rounding]") {
  quant::SecondMoments moments(4);
  REQUIRE(ErrorFeedback(moments).round(Eigen::Vector4d(0.4, -1.6, 200.0, -200.0), 127) ==
          std::vector<std::int8_t>{0, -2, 127, -127});
}

}  // namespace
}  // namespace mcullm::tests
