// SPDX-License-Identifier: MIT
#include "train/sequence_pass.hpp"

#include <algorithm>
#include <cmath>

#include "train/row_rounding.hpp"

namespace mcullm::train {
namespace {

constexpr int classifier_rows = 32;  // the logits of so many positions stay in the cache

auto floats(int rows, int columns) -> std::size_t {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

void transpose(const Matrix& matrix, const float* values, float* out) {
  const int out_row = padded(matrix.rows);
  for (int r = 0; r < matrix.rows; ++r)
    for (int c = 0; c < matrix.columns; ++c) out[c * out_row + r] = values[r * matrix.stride() + c];
}

auto norm_of(const Weights& weights, const Matrix& norm, int length, const Buffer& x, Buffer& inverse_rms)
    -> RmsNorm {
  return {length, norm.columns, norm.stride(), x.data(), weights.at(norm), inverse_rms.data()};
}

}  // namespace

Weights::Weights(const ParameterLayout& layout)
    : layout_(layout), values_(layout.total, 0.0F), transposed_(layout.total_transposed, 0.0F) {}

void Weights::assign(std::span<const float> parameters, int layer_q_max) {
  std::copy(parameters.begin(), parameters.end(), values_.begin());
  if (layer_q_max != 0) round_parameters(layout_, layer_q_max, values_);
  layout_.each_quantized(layer_q_max, [this](const Matrix& matrix, int) {
    transpose(matrix, at(matrix), transposed_.data() + matrix.transposed_at);
  });
}

SequencePass::SequencePass(const ParameterLayout& layout, const Kernels& kernels)
    : layout_(layout), kernels_(kernels), gradient_(layout.total, 0.0F) {
  const auto& s = layout_.shape;
  const int slack = row_multiple;  // attention reads whole vectors past the last head
  const int dim = padded(s.dim), gate_up = 2 * layout_.hidden_columns;
  const auto rows = [&](int columns) { return Buffer(floats(s.context, columns) + floats(slack, 1), 0.0F); };
  for (int l = 0; l < s.n_layers; ++l)
    layers_.push_back({.x = rows(dim),
                       .att_in = rows(dim),
                       .qkv = rows(layout_.qkv_columns),
                       .att_out = rows(dim),
                       .log_sum = rows(s.n_heads),
                       .att_rms = rows(1),
                       .mid = rows(dim),
                       .ffn_in = rows(dim),
                       .gate_up = rows(gate_up),
                       .act = rows(layout_.hidden_columns),
                       .ffn_rms = rows(1)});
  stream_ = final_in_ = dstream_ = dhidden_ = datt_out_ = rows(dim);
  final_rms_ = rows(1);
  logits_.assign(floats(classifier_rows, padded(s.vocab_size)), 0.0F);
  dqkv_ = rows(layout_.qkv_columns);
  dgate_up_ = rows(gate_up);
  dact_ = rows(layout_.hidden_columns);
  dkey_ = dvalue_ = rows(padded(s.head_size()));
  scratch_.assign(floats(attention_scratch(s.context, s.head_size()), 1), 0.0F);

  const int pairs = s.head_size() / 2;
  for (int t = 0; t < s.context; ++t)
    for (int i = 0; i < pairs; ++i) {
      const double angle = t * std::pow(10000.0, -2.0 * i / s.head_size());
      rope_cos_.push_back(static_cast<float>(std::cos(angle)));
      rope_sin_.push_back(static_cast<float>(std::sin(angle)));
    }
}

auto SequencePass::loss(const Weights& weights, std::span<const std::uint16_t> tokens) -> double {
  forward(weights, tokens.first(tokens.size() - 1));
  return classify(weights, tokens, 0.0F, false);
}

auto SequencePass::loss_and_gradient(const Weights& weights, std::span<const std::uint16_t> tokens,
                                     float scale) -> double {
  const auto inputs = tokens.first(tokens.size() - 1);
  forward(weights, inputs);
  const double sum = classify(weights, tokens, scale, true);
  backward(weights, inputs);
  return sum;
}

auto SequencePass::next_logits(const Weights& weights, std::span<const std::uint16_t> tokens)
    -> std::vector<float> {
  const auto& embedding = layout_.embedding;
  const int length = static_cast<int>(tokens.size());
  forward(weights, tokens);
  kernels_.matmul({1, padded(embedding.rows), embedding.columns,
                   final_in_.data() + floats(length - 1, embedding.stride()), embedding.stride(), 1,
                   weights.transposed(embedding), padded(embedding.rows), logits_.data(),
                   padded(embedding.rows), false});
  return {logits_.begin(), logits_.begin() + embedding.rows};
}

void SequencePass::forward(const Weights& weights, std::span<const std::uint16_t> inputs) {
  const int length = static_cast<int>(inputs.size());
  const int dim = layout_.embedding.stride();
  for (int t = 0; t < length; ++t)
    std::copy_n(weights.at(layout_.embedding) + inputs[static_cast<std::size_t>(t)] * dim, dim,
                stream_.data() + t * dim);
  for (int l = 0; l < layout_.shape.n_layers; ++l) {
    attention_half(weights, l, length);
    ffn_half(weights, l, length);
  }
  kernels_.rmsnorm(norm_of(weights, layout_.final_norm, length, stream_, final_rms_), final_in_.data());
}

void SequencePass::attention_half(const Weights& weights, int index, int length) {
  const auto& at = layout_.layers[static_cast<std::size_t>(index)];
  auto& layer = layers_[static_cast<std::size_t>(index)];
  const auto& s = layout_.shape;
  const int dim = layout_.embedding.stride(), row = layout_.qkv_columns;

  std::copy_n(stream_.begin(), length * dim, layer.x.begin());
  kernels_.rmsnorm(norm_of(weights, at.att_norm, length, layer.x, layer.att_rms), layer.att_in.data());
  project(weights, at.qkv, length, layer.att_in, layer.qkv, false);
  rotate(length, 1.0F, layer.qkv);
  for (int h = 0; h < s.n_heads; ++h) {
    const int kv = h / (s.n_heads / s.n_kv_heads) * s.head_size();
    kernels_.attention({length, s.head_size(), layer.qkv.data() + h * s.head_size(),
                        layer.qkv.data() + s.dim + kv, layer.qkv.data() + s.dim + s.kv_dim() + kv, row,
                        layer.att_out.data() + h * s.head_size(), dim, layer.log_sum.data() + h * length,
                        scratch_.data()});
  }
  project(weights, at.wo, length, layer.att_out, stream_, true);
}

void SequencePass::ffn_half(const Weights& weights, int index, int length) {
  const auto& at = layout_.layers[static_cast<std::size_t>(index)];
  auto& layer = layers_[static_cast<std::size_t>(index)];
  const int dim = layout_.embedding.stride(), hidden = layout_.hidden_columns;

  std::copy_n(stream_.begin(), length * dim, layer.mid.begin());
  kernels_.rmsnorm(norm_of(weights, at.ffn_norm, length, layer.mid, layer.ffn_rms), layer.ffn_in.data());
  project(weights, at.gate_up, length, layer.ffn_in, layer.gate_up, false);
  for (int t = 0; t < length; ++t) {
    const float* gate = layer.gate_up.data() + t * 2 * hidden;
    kernels_.swiglu(hidden, gate, gate + hidden, layer.act.data() + t * hidden);
  }
  project(weights, at.down, length, layer.act, stream_, true);
}

auto SequencePass::classify(const Weights& weights, std::span<const std::uint16_t> tokens, float scale,
                            bool backward) -> double {
  const auto& embedding = layout_.embedding;
  const int length = static_cast<int>(tokens.size()) - 1;
  const int vocab = padded(embedding.rows), dim = embedding.stride();
  double sum = 0.0;
  for (int first = 0; first < length; first += classifier_rows) {
    const int rows = std::min(classifier_rows, length - first);
    const float* hidden = final_in_.data() + first * dim;
    kernels_.matmul({rows, vocab, embedding.columns, hidden, dim, 1, weights.transposed(embedding), vocab,
                     logits_.data(), vocab, false});
    for (int t = 0; t < rows; ++t)
      sum +=
          static_cast<double>(kernels_.cross_entropy(embedding.rows, logits_.data() + t * vocab,
                                                     tokens[static_cast<std::size_t>(first + t + 1)], scale));
    if (!backward) continue;
    kernels_.matmul({rows, dim, embedding.rows, logits_.data(), vocab, 1, weights.at(embedding), dim,
                     dhidden_.data() + first * dim, dim, false});
    kernels_.matmul({embedding.rows, dim, rows, logits_.data(), 1, vocab, hidden, dim,
                     gradient_.data() + embedding.at, dim, true});
  }
  return sum;
}

void SequencePass::backward(const Weights& weights, std::span<const std::uint16_t> inputs) {
  const int length = static_cast<int>(inputs.size());
  const int dim = layout_.embedding.stride();
  std::fill_n(dstream_.begin(), length * dim, 0.0F);
  kernels_.rmsnorm_backward(norm_of(weights, layout_.final_norm, length, stream_, final_rms_),
                            dhidden_.data(), dstream_.data(), gradient_.data() + layout_.final_norm.at);
  for (int l = layout_.shape.n_layers; l-- > 0;) {
    ffn_half_backward(weights, l, length);
    attention_half_backward(weights, l, length);
  }
  for (int t = 0; t < length; ++t) {
    float* row = gradient_.data() + layout_.embedding.at + inputs[static_cast<std::size_t>(t)] * dim;
    for (int i = 0; i < dim; ++i) row[i] += dstream_[static_cast<std::size_t>(t * dim + i)];
  }
}

void SequencePass::ffn_half_backward(const Weights& weights, int index, int length) {
  const auto& at = layout_.layers[static_cast<std::size_t>(index)];
  auto& layer = layers_[static_cast<std::size_t>(index)];
  const int hidden = layout_.hidden_columns;

  project_backward(weights, at.down, length, dstream_, layer.act, dact_);
  for (int t = 0; t < length; ++t) {
    const float* gate = layer.gate_up.data() + t * 2 * hidden;
    float* dgate = dgate_up_.data() + t * 2 * hidden;
    kernels_.swiglu_backward(hidden, gate, gate + hidden, dact_.data() + t * hidden, dgate, dgate + hidden);
  }
  project_backward(weights, at.gate_up, length, dgate_up_, layer.ffn_in, dhidden_);
  kernels_.rmsnorm_backward(norm_of(weights, at.ffn_norm, length, layer.mid, layer.ffn_rms), dhidden_.data(),
                            dstream_.data(), gradient_.data() + at.ffn_norm.at);
}

void SequencePass::attention_half_backward(const Weights& weights, int index, int length) {
  const auto& at = layout_.layers[static_cast<std::size_t>(index)];
  auto& layer = layers_[static_cast<std::size_t>(index)];

  project_backward(weights, at.wo, length, dstream_, layer.att_out, datt_out_);
  attention_heads_backward(layer, length);
  rotate(length, -1.0F, dqkv_);
  project_backward(weights, at.qkv, length, dqkv_, layer.att_in, dhidden_);
  kernels_.rmsnorm_backward(norm_of(weights, at.att_norm, length, layer.x, layer.att_rms), dhidden_.data(),
                            dstream_.data(), gradient_.data() + at.att_norm.at);
}

void SequencePass::attention_heads_backward(Layer& layer, int length) {
  const auto& s = layout_.shape;
  const int dim = layout_.embedding.stride(), row = layout_.qkv_columns, size = s.head_size();
  const int group = s.n_heads / s.n_kv_heads, wide = padded(size);
  for (int kv = 0; kv < s.n_kv_heads; ++kv) {
    const int key = s.dim + kv * size, value = key + s.kv_dim();
    std::fill_n(dkey_.begin(), length * wide, 0.0F);
    std::fill_n(dvalue_.begin(), length * wide, 0.0F);
    for (int h = kv * group; h < (kv + 1) * group; ++h)
      kernels_.attention_backward(
          {length, size, layer.qkv.data() + h * size, layer.qkv.data() + key, layer.qkv.data() + value, row,
           layer.att_out.data() + h * size, dim, layer.log_sum.data() + h * length, scratch_.data()},
          {datt_out_.data() + h * size, dqkv_.data() + h * size, dkey_.data(), dvalue_.data()});
    for (int t = 0; t < length; ++t) {
      std::copy_n(dkey_.data() + t * wide, size, dqkv_.data() + t * row + key);
      std::copy_n(dvalue_.data() + t * wide, size, dqkv_.data() + t * row + value);
    }
  }
}

// rope: the queries and keys of position t turn by t * theta_i, pair by pair
void SequencePass::rotate(int length, float direction, Buffer& qkv) const {
  const auto& s = layout_.shape;
  const int pairs = s.head_size() / 2;
  for (int t = 0; t < length; ++t) {
    float* head = qkv.data() + t * layout_.qkv_columns;
    for (int h = 0; h < s.n_heads + s.n_kv_heads; ++h, head += s.head_size())
      for (int i = 0; i < pairs; ++i) {
        const float c = rope_cos_[static_cast<std::size_t>(t * pairs + i)];
        const float n = direction * rope_sin_[static_cast<std::size_t>(t * pairs + i)];
        const float a = head[2 * i], b = head[2 * i + 1];
        head[2 * i] = a * c - b * n;
        head[2 * i + 1] = a * n + b * c;
      }
  }
}

void SequencePass::project(const Weights& weights, const Matrix& matrix, int length, const Buffer& x,
                           Buffer& y, bool accumulate) {
  const int out = padded(matrix.rows);
  kernels_.matmul({length, out, matrix.columns, x.data(), matrix.stride(), 1, weights.transposed(matrix), out,
                   y.data(), out, accumulate});
}

void SequencePass::project_backward(const Weights& weights, const Matrix& matrix, int length,
                                    const Buffer& dy, const Buffer& x, Buffer& dx) {
  const int in = matrix.stride(), out = padded(matrix.rows);
  kernels_.matmul({length, in, matrix.rows, dy.data(), out, 1, weights.at(matrix), in, dx.data(), in, false});
  kernels_.matmul(
      {matrix.rows, in, length, dy.data(), 1, out, x.data(), in, gradient_.data() + matrix.at, in, true});
}

}  // namespace mcullm::train
