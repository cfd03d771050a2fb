// SPDX-License-Identifier: MIT
// What the quantizer knows about a model's activations: ranges and second moments over text that the float
// model samples itself, with fixed seeds. No data set is needed, and the same model gives the same
// statistics.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "checkpoint/float_model.hpp"
#include "quant/stop.hpp"

namespace mcullm::quant {

using Tokens = std::vector<int>;

// Sum of a * a^T over the tokens, a the input vector of a matrix. Inputs wider than `full_limit` keep only
// the diagonal: their correlations cost more memory than they are worth.
class SecondMoments {
 public:
  static constexpr int full_limit = 1024;

  SecondMoments() = default;
  explicit SecondMoments(int width);

  void add(std::span<const float> a);
  auto width() const -> int { return static_cast<int>(diagonal_.size()); }
  auto diagonal() const -> const Eigen::VectorXd& { return diagonal_; }
  auto is_full() const -> bool { return full_.size() > 0; }
  // Only when is_full().
  auto full() const -> const Eigen::MatrixXd& { return full_; }

 private:
  Eigen::VectorXd diagonal_;
  Eigen::MatrixXd full_;
};

struct LayerStatistics {
  // greatest absolute values
  double att_norm = 0, v = 0, ffn_norm = 0, gate = 0, up = 0, hidden = 0;
  std::vector<double> q_pair, k_pair;  // greatest length of each rotary pair (dim/2), (kv_dim/2)
  std::vector<double> k_low, k_high;   // of the rotated keys (kv_dim)
  SecondMoments att_norm_moments, attention_moments, ffn_norm_moments, hidden_moments;
};

struct Statistics {
  double residual = 0, final_norm = 0;  // greatest absolute values
  SecondMoments final_norm_moments;
  std::vector<LayerStatistics> layers;
};

struct Calibration {
  std::vector<Tokens> text;  // each sequence begins with bos and is at most one context long
  Statistics statistics;
};

// Samples `tokens` tokens in sequences of `context` at temperature 1. Fails with Exit::input when the float
// model leaves the range of fp32.
auto calibrate(const checkpoint::FloatModel& model, int bos_token, int context, int tokens,
               const ProgressFn& progress, const StopFn& stop) -> Result<Calibration>;

}  // namespace mcullm::quant
