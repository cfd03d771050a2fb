// SPDX-License-Identifier: MIT
#include "checkpoint/tensors.hpp"

#include <fmt/format.h>

#include <cmath>

namespace mcullm::checkpoint {

auto tensors_of(const ModelShape& shape, bool shared_classifier) -> std::vector<Tensor> {
  using M = FloatModel;
  const int layers = shape.n_layers, dim = shape.dim, kv_dim = shape.kv_dim(), hidden = shape.hidden_dim;
  std::vector<Tensor> tensors = {
      {"tok_emb", &M::tok_emb, 1, shape.vocab_size, dim},
      {"att_norm", &M::att_norm, layers, 1, dim},
      {"wq", &M::wq, layers, dim, dim},
      {"wk", &M::wk, layers, kv_dim, dim},
      {"wv", &M::wv, layers, kv_dim, dim},
      {"wo", &M::wo, layers, dim, dim},
      {"ffn_norm", &M::ffn_norm, layers, 1, dim},
      {"w1", &M::w1, layers, hidden, dim},
      {"w2", &M::w2, layers, dim, hidden},
      {"w3", &M::w3, layers, hidden, dim},
      {"final_norm", &M::final_norm, 1, 1, dim},
  };
  if (!shared_classifier) tensors.push_back({"wcls", &M::wcls, 1, shape.vocab_size, dim});
  return tensors;
}

auto parameter_count(const ModelShape& shape, bool shared_classifier) -> std::uint64_t {
  std::uint64_t count = 0;
  for (const auto& tensor : tensors_of(shape, shared_classifier)) count += tensor.elements();
  return count;
}

auto nonfinite_element(const Tensor& tensor, std::span<const float> values) -> std::optional<std::string> {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    const auto cols = static_cast<std::size_t>(tensor.cols), rows = static_cast<std::size_t>(tensor.rows);
    return fmt::format("element {} (layer {}, row {}, column {}) is {}", i, i / (rows * cols),
                       i / cols % rows, i % cols, values[i]);
  }
  return std::nullopt;
}

auto read_tensor(SpanReader& in, const Tensor& tensor, FloatModel& model, std::string_view file)
    -> Result<Ok> {
  auto& values = model.*tensor.values;
  values.resize(tensor.elements());
  for (auto& value : values) value = *in.read_f32();
  if (const auto element = nonfinite_element(tensor, values))
    return Error{Exit::input, fmt::format("{}: tensor '{}': {}", file, tensor.name, *element),
                 "the model is damaged or its training diverged; export it again"};
  return Ok{};
}

void write_tensor(ByteWriter& out, const Tensor& tensor, const FloatModel& model) {
  for (const float value : model.*tensor.values) out.put_f32(value);
}

}  // namespace mcullm::checkpoint
