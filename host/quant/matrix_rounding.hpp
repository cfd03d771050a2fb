// SPDX-License-Identifier: MIT
// A float matrix becomes int8 rows with multipliers: ARITHMETIC.md section 2 read backwards.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "image/model_image.hpp"
#include "quant/calibration.hpp"

namespace mcullm::quant {

inline constexpr int multiplier_max = 65535;  // uint16

// Rows of a checkpoint with the units around them: row r of the integer matrix stands for
// weights[r][c] * factors[r] output units per input unit.
struct MatrixSource {
  std::string name;                // for messages: "wq of layer 3"
  std::span<const float> weights;  // (rows, cols)
  int rows = 0, cols = 0;
  std::vector<double> factors;  // (rows)
};

// Where the error of a rounded weight goes: into the weights of the columns after it, as far as the inputs of
// those columns are correlated with its own (optimal brain surgeon, as in GPTQ). Rows are independent.
class ErrorFeedback {
 public:
  // Without correlations errors stay where they are.
  ErrorFeedback() = default;
  explicit ErrorFeedback(const SecondMoments& inputs);

  // Rounds `row`, given in steps, to -limit..limit.
  auto round(Eigen::VectorXd row, int limit) const -> std::vector<std::int8_t>;

 private:
  Eigen::MatrixXd share_;  // row-major use: share_(j, c) of the error in column c goes to column j > c
};

// Output units per input unit that one step of each row is worth when it covers the row.
auto row_steps(const MatrixSource& source, int bits) -> std::vector<double>;

// The largest allowed shift at which the multiplier of every row fits; nothing when even 8 is too much.
auto matrix_shift(const MatrixSource& source, int bits) -> std::optional<int>;

struct RoundedMatrix {
  image::Matrix matrix;
  int coarsened_rows = 0;  // for the bound on the sum of absolute weights
};

// Multipliers stand for M * 2^-grid_bits and are chosen first, so that the weights are rounded to what the
// device will really multiply with. `importance` (cols) weighs squared errors in the choice. `matrix.shift`
// is left alone.
auto round_matrix(const MatrixSource& source, int bits, int grid_bits, const Eigen::VectorXd& importance,
                  const ErrorFeedback& feedback) -> RoundedMatrix;

}  // namespace mcullm::quant
