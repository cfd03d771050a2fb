// SPDX-License-Identifier: MIT
// The fp32 forward pass of llama2.c, in the order of operations of its run.c: the yardstick of quality and
// the engine behind `generate --engine float`.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "checkpoint/float_model.hpp"
#include "reference/observer.hpp"

namespace mcullm::reference {

class FloatTransformer {
 public:
  // `model` must outlive the transformer and be well-formed (parse_checkpoint makes it so).
  explicit FloatTransformer(const checkpoint::FloatModel& model);

  // Forgets all positions.
  void reset();
  // Positions in the cache.
  auto positions() const -> int { return positions_; }

  // Runs `token` at `pos` <= positions(), pos < context; a lower pos overwrites from there. Returns the
  // logits, float[vocab], valid until the next call. Ops are observed with the values that their integer
  // twins stand for; scores are those before softmax.
  auto forward(int token, int pos, FloatObserver* observer = nullptr) -> std::span<const float>;

 private:
  // Stored by columns: the rows of a product advance side by side, each in run.c's order.
  using Weights = Eigen::MatrixXf;
  using Vector = Eigen::VectorXf;

  struct Layer {
    std::span<const float> att_norm, ffn_norm;  // (dim)
    Weights wq, wk, wv, wo;                     // (dim|kv_dim, dim)
    Weights w1, w3;                             // (hidden, dim)
    Weights w2;                                 // (dim, hidden)
    std::vector<float> keys, values;            // (positions, kv_dim)
  };

  void attend(int layer, int pos, FloatObserver* observer);
  void feed_forward(int layer, FloatObserver* observer);
  void rotate(Vector& x, int pos) const;

  const checkpoint::FloatModel& model_;
  std::vector<Layer> layers_;
  Weights classifier_;  // (vocab, dim)
  int positions_ = 0;

  Vector x_, normed_, q_, k_, v_, att_, gate_, up_, logits_;
  std::vector<float> scores_;  // (heads, pos + 1)
};

}  // namespace mcullm::reference
