// SPDX-License-Identifier: MIT
// All parameters of a model in one flat array, rows padded to row_multiple, and what stands where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "checkpoint/float_model.hpp"
#include "train/buffer.hpp"
#include "train/kernels.hpp"

namespace mcullm::train {

using checkpoint::FloatModel;
using checkpoint::ModelShape;

// Refuses a shape that no llama2.c model can have; the message names the fields and the fix.
auto check_shape(const ModelShape& shape) -> Result<Ok>;

// Floats of the checkpoint, the classifier shared.
auto parameter_count(const ModelShape& shape) -> std::uint64_t;

struct Matrix {
  std::size_t at = 0;             // offset in the flat array
  std::size_t transposed_at = 0;  // offset among the transposed matrices, (columns, padded(rows)) each
  int rows = 0;
  int columns = 0;
  auto stride() const -> int { return padded(columns); }
  auto floats() const -> std::size_t {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(stride());
  }
};

struct LayerLayout {
  Matrix att_norm;  // (1, dim)
  Matrix qkv;       // (dim + 2 kv_dim, dim): q, then k, then v
  Matrix wo;        // (dim, dim)
  Matrix ffn_norm;  // (1, dim)
  Matrix gate_up;   // (2 padded(hidden), dim): gate from row 0, up from row padded(hidden)
  Matrix down;      // (dim, hidden)
};

struct ParameterLayout {
  explicit ParameterLayout(const ModelShape& shape);

  ModelShape shape;
  int qkv_columns;     // padded(dim + 2 kv_dim)
  int hidden_columns;  // padded(hidden)
  Matrix embedding;    // (vocab, dim), also the classifier
  std::vector<LayerLayout> layers;
  Matrix final_norm;  // (1, dim)
  std::size_t total = 0;
  std::size_t total_transposed = 0;

  // Calls visit(matrix, q_max) for every matrix that quantization touches. Layer matrices get
  // `layer_q_max`; embedding and classifier keep int8, which costs little and matters most.
  template <class Visit>
  void each_quantized(int layer_q_max, Visit visit) const;
};

// Normal values of deviation 0.04, the projections back into the residual stream smaller with depth.
auto initial_parameters(const ParameterLayout& layout, std::uint64_t seed) -> Buffer;

auto to_model(const ParameterLayout& layout, std::span<const float> parameters) -> FloatModel;
auto from_model(const ParameterLayout& layout, const FloatModel& model) -> Buffer;

// The parameters as a quantized model has them; layer_q_max is int4_q_max or int8_q_max.
void round_parameters(const ParameterLayout& layout, int layer_q_max, std::span<float> parameters);

template <class Visit>
void ParameterLayout::each_quantized(int layer_q_max, Visit visit) const {
  constexpr int embedding_q_max = 127;
  visit(embedding, embedding_q_max);
  for (const auto& layer : layers)
    for (const auto* matrix : {&layer.qkv, &layer.wo, &layer.gate_up, &layer.down})
      visit(*matrix, layer_q_max);
}

}  // namespace mcullm::train
