// SPDX-License-Identifier: MIT
#include "quant/matrix_rounding.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <numeric>

namespace mcullm::quant {

namespace {

constexpr int row_l1_max = 65538;  // 32767 times it stays below 2^31

auto weight_limit(int bits) -> int { return bits == 4 ? 7 : 127; }

// Row r in output units per input unit.
auto scaled_row(const MatrixSource& source, int r) -> Eigen::VectorXd {
  const float* begin = source.weights.data() + std::ptrdiff_t{r} * source.cols;
  return Eigen::Map<const Eigen::VectorXf>(begin, source.cols).cast<double>() *
         source.factors[static_cast<std::size_t>(r)];
}

// The least step that reaches the greatest weight and keeps the sum of absolute weights within its bound; the
// 5 % are for what rounding adds to the sum.
auto covering_step(const Eigen::VectorXd& row, int limit) -> double {
  return std::max(row.cwiseAbs().maxCoeff() / limit, 1.05 * row.cwiseAbs().sum() / row_l1_max);
}

auto nearest(double v, int limit) -> double { return std::clamp(std::round(v), -1.0 * limit, 1.0 * limit); }

auto squared_error(const Eigen::VectorXd& steps, int limit, const Eigen::VectorXd& importance) -> double {
  double sum = 0.0;
  for (Eigen::Index c = 0; c < steps.size(); c++) {
    const double error = steps(c) - nearest(steps(c), limit);
    sum += importance(c) * error * error;
  }
  return sum;
}

// The multiplier with the least error among the one that covers the row and smaller ones, which clip a
// little.
auto best_multiplier(const Eigen::VectorXd& row, int limit, const Eigen::VectorXd& importance) -> int {
  const double step = covering_step(row, limit);
  if (step == 0.0) return 0;
  const int covering = std::max(1, static_cast<int>(std::ceil(step)));
  const double least = limit == 7 ? 0.5 : 0.85;
  const int candidates = limit == 7 ? 48 : 24;
  int best = covering, last = 0;
  double best_error = -1.0;
  for (int i = 0; i <= candidates; i++) {
    const int m =
        std::max(1, static_cast<int>(std::lround(covering * (1.0 - (1.0 - least) * i / candidates))));
    if (m == last) continue;
    last = m;
    const double error = squared_error(row / m, limit, importance) * m * m;
    if (best_error < 0.0 || error < best_error) {
      best = m;
      best_error = error;
    }
  }
  return best;
}

auto l1(std::span<const std::int8_t> row) -> int {
  return std::accumulate(row.begin(), row.end(), 0, [](int sum, std::int8_t w) { return sum + std::abs(w); });
}

}  // namespace

ErrorFeedback::ErrorFeedback(const SecondMoments& inputs) {
  if (!inputs.is_full()) return;
  Eigen::MatrixXd moments = inputs.full();
  const double mean = moments.diagonal().mean();
  if (mean <= 0.0) return;
  constexpr double damping = 0.01;
  moments.diagonal().array() += damping * mean;
  const Eigen::MatrixXd inverse =
      moments.llt().solve(Eigen::MatrixXd::Identity(moments.rows(), moments.cols()));
  share_ = inverse.llt().matrixL();
  for (Eigen::Index c = 0; c < share_.cols(); c++) share_.col(c) /= share_(c, c);
}

auto ErrorFeedback::round(Eigen::VectorXd row, int limit) const -> std::vector<std::int8_t> {
  std::vector<std::int8_t> rounded;
  for (Eigen::Index c = 0; c < row.size(); c++) {
    const double q = nearest(row(c), limit);
    rounded.push_back(static_cast<std::int8_t>(q));
    if (share_.size() == 0) continue;
    const Eigen::Index after = row.size() - c - 1;
    row.tail(after) -= (row(c) - q) * share_.col(c).tail(after);
  }
  return rounded;
}

auto row_steps(const MatrixSource& source, int bits) -> std::vector<double> {
  std::vector<double> steps;
  steps.reserve(static_cast<std::size_t>(source.rows));
  for (int r = 0; r < source.rows; r++)
    steps.push_back(covering_step(scaled_row(source, r), weight_limit(bits)));
  return steps;
}

auto matrix_shift(const MatrixSource& source, int bits) -> std::optional<int> {
  const auto steps = row_steps(source, bits);
  const double step = *std::max_element(steps.begin(), steps.end());
  for (const int shift : {32, 24, 16, 8}) {
    if (std::ceil(step * std::exp2(shift)) <= multiplier_max) return shift;
  }
  return std::nullopt;
}

auto round_matrix(const MatrixSource& source, int bits, int grid_bits, const Eigen::VectorXd& importance,
                  const ErrorFeedback& feedback) -> RoundedMatrix {
  RoundedMatrix result;
  auto& matrix = result.matrix;
  matrix.rows = source.rows;
  matrix.cols = source.cols;
  matrix.bits = bits;
  const int limit = weight_limit(bits);
  for (int r = 0; r < source.rows; r++) {
    const Eigen::VectorXd row = scaled_row(source, r) * std::exp2(grid_bits);
    int multiplier = best_multiplier(row, limit, importance);
    auto rounded = multiplier == 0 ? std::vector<std::int8_t>(static_cast<std::size_t>(source.cols), 0)
                                   : feedback.round(row / multiplier, limit);
    while (l1(rounded) > row_l1_max && multiplier < multiplier_max) {
      const double ratio = std::max(1.001, l1(rounded) / (1.0 * row_l1_max));
      multiplier = std::min(multiplier_max, static_cast<int>(std::ceil(multiplier * ratio)));
      rounded = feedback.round(row / multiplier, limit);
    }
    if (multiplier > std::ceil(row.cwiseAbs().maxCoeff() / limit)) result.coarsened_rows++;
    matrix.multipliers.push_back(static_cast<std::uint16_t>(multiplier));
    matrix.weights.insert(matrix.weights.end(), rounded.begin(), rounded.end());
  }
  return result;
}

}  // namespace mcullm::quant
