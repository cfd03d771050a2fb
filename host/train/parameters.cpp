// SPDX-License-Identifier: MIT
#include "train/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "train/random.hpp"
#include "train/row_rounding.hpp"

namespace mcullm::train {
namespace {

auto refuse(std::string what, std::string hint) -> Error {
  return {Exit::usage, "shape: " + std::move(what), std::move(hint)};
}

auto check_range(const char* field, int value, int most) -> Result<Ok> {
  if (value >= 1 && value <= most) return Ok{};
  return refuse(fmt::format("{} is {}, it must be 1 to {}", field, value, most),
                "the order is dim,hidden,layers,heads,kv_heads,vocab,context, as in 64,172,5,8,4,512,512");
}

// One tensor of the checkpoint: `rows` rows of `columns` floats, dense, against a place in the flat array.
template <class Dense, class Flat>
void copy_rows(int rows, int columns, int stride, Dense dense, Flat flat, auto copy) {
  for (int r = 0; r < rows; ++r) copy(dense + r * columns, flat + r * stride, columns);
}

// Visits every tensor of `model` beside its place in `flat`; the two directions of conversion differ
// only in `copy`.
template <class Model, class Flat>
void each_tensor(const ParameterLayout& layout, Model& model, Flat flat, auto copy) {
  const auto& s = layout.shape;
  const auto rows_of = [&](auto& tensor, int layer, int rows, int columns, std::size_t at) {
    const auto skip =
        static_cast<std::size_t>(layer) * static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
    copy_rows(rows, columns, padded(columns), tensor.data() + skip, flat + at, copy);
  };
  rows_of(model.tok_emb, 0, s.vocab_size, s.dim, layout.embedding.at);
  for (int l = 0; l < s.n_layers; ++l) {
    const auto& at = layout.layers[static_cast<std::size_t>(l)];
    const auto row = [&](const Matrix& matrix, int r) {
      return matrix.at + static_cast<std::size_t>(r) * static_cast<std::size_t>(matrix.stride());
    };
    rows_of(model.att_norm, l, 1, s.dim, at.att_norm.at);
    rows_of(model.wq, l, s.dim, s.dim, at.qkv.at);
    rows_of(model.wk, l, s.kv_dim(), s.dim, row(at.qkv, s.dim));
    rows_of(model.wv, l, s.kv_dim(), s.dim, row(at.qkv, s.dim + s.kv_dim()));
    rows_of(model.wo, l, s.dim, s.dim, at.wo.at);
    rows_of(model.ffn_norm, l, 1, s.dim, at.ffn_norm.at);
    rows_of(model.w1, l, s.hidden_dim, s.dim, at.gate_up.at);
    rows_of(model.w3, l, s.hidden_dim, s.dim, row(at.gate_up, layout.hidden_columns));
    rows_of(model.w2, l, s.dim, s.hidden_dim, at.down.at);
  }
  rows_of(model.final_norm, 0, 1, s.dim, layout.final_norm.at);
}

void resize_tensors(FloatModel& model) {
  const auto& s = model.shape;
  const auto size = [](int a, int b, int c) {
    return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) * static_cast<std::size_t>(c);
  };
  model.tok_emb.resize(size(s.vocab_size, s.dim, 1));
  model.att_norm.resize(size(s.n_layers, s.dim, 1));
  model.wq.resize(size(s.n_layers, s.dim, s.dim));
  model.wk.resize(size(s.n_layers, s.kv_dim(), s.dim));
  model.wv.resize(size(s.n_layers, s.kv_dim(), s.dim));
  model.wo.resize(size(s.n_layers, s.dim, s.dim));
  model.ffn_norm.resize(size(s.n_layers, s.dim, 1));
  model.w1.resize(size(s.n_layers, s.hidden_dim, s.dim));
  model.w2.resize(size(s.n_layers, s.dim, s.hidden_dim));
  model.w3.resize(size(s.n_layers, s.hidden_dim, s.dim));
  model.final_norm.resize(size(s.dim, 1, 1));
}

void fill_normal(Random& random, const Matrix& matrix, int rows, double deviation, Buffer& parameters) {
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < matrix.columns; ++c)
      parameters[matrix.at + static_cast<std::size_t>(r * matrix.stride() + c)] =
          static_cast<float>(deviation * random.normal());
}

void fill_ones(const Matrix& matrix, Buffer& parameters) {
  for (int c = 0; c < matrix.columns; ++c) parameters[matrix.at + static_cast<std::size_t>(c)] = 1.0F;
}

}  // namespace

auto check_shape(const ModelShape& s) -> Result<Ok> {
  for (const auto& [field, value, most] : {std::tuple{"dim", s.dim, 4096},
                                           {"hidden", s.hidden_dim, 16384},
                                           {"layers", s.n_layers, 64},
                                           {"heads", s.n_heads, 128},
                                           {"kv_heads", s.n_kv_heads, 128},
                                           {"vocab", s.vocab_size, 65536},
                                           {"context", s.context, 8192}})
    if (auto checked = check_range(field, value, most); !checked) return checked;
  if (s.dim % s.n_heads != 0)
    return refuse(fmt::format("{} heads do not divide dim {}", s.n_heads, s.dim),
                  fmt::format("a dim of {} would fit", (s.dim / s.n_heads + 1) * s.n_heads));
  if (s.head_size() % 2 != 0)
    return refuse(fmt::format("the head size {} / {} = {} is odd, and rope turns pairs", s.dim, s.n_heads,
                              s.head_size()),
                  fmt::format("a dim of {} would fit", s.n_heads * (s.head_size() + 1)));
  if (s.n_heads % s.n_kv_heads != 0)
    return refuse(fmt::format("{} kv_heads do not divide {} heads", s.n_kv_heads, s.n_heads),
                  "kv_heads is a divisor of heads: equal for plain attention, 1 for one shared key");
  return Ok{};
}

auto parameter_count(const ModelShape& s) -> std::uint64_t {
  const auto dim = static_cast<std::uint64_t>(s.dim);
  const auto kv = static_cast<std::uint64_t>(s.kv_dim());
  const auto hidden = static_cast<std::uint64_t>(s.hidden_dim);
  const auto layer = 2 * dim + 2 * dim * dim + 2 * kv * dim + 3 * hidden * dim;
  return static_cast<std::uint64_t>(s.vocab_size) * dim + static_cast<std::uint64_t>(s.n_layers) * layer +
         dim;
}

ParameterLayout::ParameterLayout(const ModelShape& of)
    : shape(of), qkv_columns(padded(of.dim + 2 * of.kv_dim())), hidden_columns(padded(of.hidden_dim)) {
  const auto place = [this](int rows, int columns) {
    const Matrix matrix{total, total_transposed, rows, columns};
    total += matrix.floats();
    if (rows > 1)
      total_transposed += static_cast<std::size_t>(columns) * static_cast<std::size_t>(padded(rows));
    return matrix;
  };
  embedding = place(of.vocab_size, of.dim);
  for (int l = 0; l < of.n_layers; ++l)
    layers.push_back({.att_norm = place(1, of.dim),
                      .qkv = place(of.dim + 2 * of.kv_dim(), of.dim),
                      .wo = place(of.dim, of.dim),
                      .ffn_norm = place(1, of.dim),
                      .gate_up = place(2 * hidden_columns, of.dim),
                      .down = place(of.dim, of.hidden_dim)});
  final_norm = place(1, of.dim);
}

auto initial_parameters(const ParameterLayout& layout, std::uint64_t seed) -> Buffer {
  constexpr double deviation = 0.04;
  const double back = deviation / std::sqrt(2.0 * layout.shape.n_layers);
  Random random(seed);
  Buffer parameters(layout.total, 0.0F);
  fill_normal(random, layout.embedding, layout.embedding.rows, deviation, parameters);
  for (const auto& layer : layout.layers) {
    fill_ones(layer.att_norm, parameters);
    fill_normal(random, layer.qkv, layer.qkv.rows, deviation, parameters);
    fill_normal(random, layer.wo, layer.wo.rows, back, parameters);
    fill_ones(layer.ffn_norm, parameters);
    Matrix gate = layer.gate_up;
    fill_normal(random, gate, layout.shape.hidden_dim, deviation, parameters);
    gate.at += static_cast<std::size_t>(layout.hidden_columns * gate.stride());
    fill_normal(random, gate, layout.shape.hidden_dim, deviation, parameters);
    fill_normal(random, layer.down, layer.down.rows, back, parameters);
  }
  fill_ones(layout.final_norm, parameters);
  return parameters;
}

auto to_model(const ParameterLayout& layout, std::span<const float> parameters) -> FloatModel {
  FloatModel model;
  model.shape = layout.shape;
  resize_tensors(model);
  each_tensor(layout, model, parameters.data(),
              [](float* dense, const float* flat, int columns) { std::copy_n(flat, columns, dense); });
  return model;
}

auto from_model(const ParameterLayout& layout, const FloatModel& model) -> Buffer {
  Buffer parameters(layout.total, 0.0F);
  each_tensor(layout, model, parameters.data(),
              [](const float* dense, float* flat, int columns) { std::copy_n(dense, columns, flat); });
  return parameters;
}

void round_parameters(const ParameterLayout& layout, int layer_q_max, std::span<float> parameters) {
  layout.each_quantized(layer_q_max, [&](const Matrix& matrix, int q_max) {
    for (int r = 0; r < matrix.rows; ++r)
      round_row(parameters.subspan(matrix.at + static_cast<std::size_t>(r * matrix.stride()),
                                   static_cast<std::size_t>(matrix.columns)),
                q_max);
  });
}

}  // namespace mcullm::train
