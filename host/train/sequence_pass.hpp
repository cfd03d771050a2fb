// SPDX-License-Identifier: MIT
// Forward and backward pass of one sequence through a Llama.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "train/buffer.hpp"
#include "train/kernels.hpp"
#include "train/parameters.hpp"

namespace mcullm::train {

// The parameters as the passes use them: forward products want the matrices transposed. Shared,
// read-only, by the threads of one step.
class Weights {
 public:
  explicit Weights(const ParameterLayout& layout);

  // Takes over new values. When layer_q_max is not 0 they are rounded as that quantization would.
  void assign(std::span<const float> parameters, int layer_q_max);

  auto layout() const -> const ParameterLayout& { return layout_; }
  auto values() const -> std::span<const float> { return values_; }
  auto at(const Matrix& matrix) const -> const float* { return values_.data() + matrix.at; }
  // (columns, padded(rows))
  auto transposed(const Matrix& matrix) const -> const float* {
    return transposed_.data() + matrix.transposed_at;
  }

 private:
  ParameterLayout layout_;
  Buffer values_;
  Buffer transposed_;
};

// One thread's activations and gradient.
class SequencePass {
 public:
  SequencePass(const ParameterLayout& layout, const Kernels& kernels);

  // Sum over positions of -log p(next token), in nats; tokens.size() - 1 positions, at most context.
  auto loss(const Weights& weights, std::span<const std::uint16_t> tokens) -> double;

  // The same, and adds scale * d loss / d parameter to the gradient.
  auto loss_and_gradient(const Weights& weights, std::span<const std::uint16_t> tokens, float scale)
      -> double;

  // Logits (vocab) after the last of `tokens`, at most context of them.
  auto next_logits(const Weights& weights, std::span<const std::uint16_t> tokens) -> std::vector<float>;

  auto gradient() -> Buffer& { return gradient_; }

 private:
  struct Layer {
    Buffer x, att_in, qkv, att_out, log_sum, att_rms;  // attention half
    Buffer mid, ffn_in, gate_up, act, ffn_rms;         // feed-forward half
  };

  void forward(const Weights& weights, std::span<const std::uint16_t> inputs);
  void attention_half(const Weights& weights, int index, int length);
  void ffn_half(const Weights& weights, int index, int length);
  auto classify(const Weights& weights, std::span<const std::uint16_t> tokens, float scale, bool backward)
      -> double;
  void backward(const Weights& weights, std::span<const std::uint16_t> inputs);
  void ffn_half_backward(const Weights& weights, int index, int length);
  void attention_half_backward(const Weights& weights, int index, int length);
  void attention_heads_backward(Layer& layer, int length);
  void rotate(int length, float direction, Buffer& qkv) const;

  // y (length, rows) = x (length, columns) * matrix^T, added when `accumulate`.
  void project(const Weights& weights, const Matrix& matrix, int length, const Buffer& x, Buffer& y,
               bool accumulate);
  // dx (length, columns) = dy (length, rows) * matrix, and the gradient of the matrix.
  void project_backward(const Weights& weights, const Matrix& matrix, int length, const Buffer& dy,
                        const Buffer& x, Buffer& dx);

  ParameterLayout layout_;
  const Kernels& kernels_;
  Buffer gradient_;
  std::vector<float> rope_cos_, rope_sin_;  // (context, head_size / 2)
  std::vector<Layer> layers_;
  Buffer stream_, final_in_, final_rms_, logits_;
  Buffer dstream_, dhidden_, dqkv_, dgate_up_, dact_, datt_out_, dkey_, dvalue_, scratch_;
};

}  // namespace mcullm::train
