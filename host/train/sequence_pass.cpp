// SPDX-License-Identifier: MIT
#include "train/sequence_pass.hpp"

#include <algorithm>
#include <cmath>

namespace mcullm::train {
namespace {

constexpr int classifier_rows = 32;  // logits of so many positions at a time stay in the cache

auto floats(int rows, int columns) -> std::size_t {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

auto norm_of(const Weights& weights, const Matrix& norm, int length, const Buffer& x, Buffer& rms) -> RmsNorm {
  return {length, norm.columns, norm.stride(), x.data(), weights.at(norm), rms.data()};
}

}  // namespace

Weights::Weights(const ParameterLayout& layout) : layout_(layout), values_(layout.total, 0.0F) {
  // rows become columns: every matrix needs columns * padded(rows), never more than this
  std::size_t most = 0;
  for (const auto& layer : layout.layers)
    most = std::max(most, layer.down.at + floats(layer.down.rows, layer.down.stride()));
  transposed_.assign(2 * most + floats(layout.embedding.columns, padded(layout.embedding.rows)), 0.0F);
}

void Weights::assign(std::span<const float> parameters, int layer_q_max) {
  std::copy(parameters.begin(), parameters.end(), values_.begin());
  if (layer_q_max != 0) round_parameters(layout_, layer_q_max, values_);
}

}  // namespace mcullm::train
