// SPDX-License-Identifier: MIT
#include "reference/float_transformer.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

namespace mcullm::reference {

namespace {

using Vector = Eigen::VectorXf;
using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

auto view(const Vector& v) -> std::span<const float> {
  return {v.data(), static_cast<std::size_t>(v.size())};
}

// Matrix `index` of a stack of (rows, cols) matrices.
auto matrix(const std::vector<float>& stack, int index, int rows, int cols) -> Eigen::MatrixXf {
  const auto offset = static_cast<std::ptrdiff_t>(index) * rows * cols;
  return Eigen::Map<const RowMajor>(stack.data() + offset, rows, cols);
}

auto row(const std::vector<float>& stack, int index, int cols) -> std::span<const float> {
  return std::span(stack).subspan(static_cast<std::size_t>(index) * static_cast<std::size_t>(cols),
                                  static_cast<std::size_t>(cols));
}

void multiply(Vector& y, const Eigen::MatrixXf& w, const Vector& x) {
  y.setZero(w.rows());
  for (Eigen::Index c = 0; c < w.cols(); c++) y += w.col(c) * x(c);
}

void rms_norm(Vector& y, const Vector& x, std::span<const float> gains, float eps) {
  float sum = 0.0F;
  for (const float v : x) sum += v * v;
  sum /= static_cast<float>(x.size());
  sum += eps;
  const float scale = 1.0F / std::sqrt(sum);
  y.resize(x.size());
  for (Eigen::Index i = 0; i < x.size(); i++) y(i) = gains[static_cast<std::size_t>(i)] * (scale * x(i));
}

void softmax(std::span<float> x) {
  const float max = *std::max_element(x.begin(), x.end());
  float sum = 0.0F;
  for (float& v : x) {
    v = std::exp(v - max);
    sum += v;
  }
  for (float& v : x) v /= sum;
}

void append(std::vector<float>& cache, int pos, const Vector& v) {
  const auto width = static_cast<std::size_t>(v.size());
  const auto begin = static_cast<std::size_t>(pos) * width;
  if (cache.size() < begin + width) cache.resize(begin + width);
  std::copy(v.begin(), v.end(), cache.begin() + static_cast<std::ptrdiff_t>(begin));
}

}  // namespace

FloatTransformer::FloatTransformer(const checkpoint::FloatModel& model)
    : model_(model), layers_(static_cast<std::size_t>(model.shape.n_layers)) {
  const auto& s = model.shape;
  for (int l = 0; l < s.n_layers; l++) {
    auto& layer = layers_[static_cast<std::size_t>(l)];
    layer.att_norm = row(model.att_norm, l, s.dim);
    layer.ffn_norm = row(model.ffn_norm, l, s.dim);
    layer.wq = matrix(model.wq, l, s.dim, s.dim);
    layer.wk = matrix(model.wk, l, s.kv_dim(), s.dim);
    layer.wv = matrix(model.wv, l, s.kv_dim(), s.dim);
    layer.wo = matrix(model.wo, l, s.dim, s.dim);
    layer.w1 = matrix(model.w1, l, s.hidden_dim, s.dim);
    layer.w3 = matrix(model.w3, l, s.hidden_dim, s.dim);
    layer.w2 = matrix(model.w2, l, s.dim, s.hidden_dim);
  }
  classifier_ = matrix(model.classifier(), 0, s.vocab_size, s.dim);
}

void FloatTransformer::reset() {
  positions_ = 0;
  for (auto& layer : layers_) {
    layer.keys.clear();
    layer.values.clear();
  }
}

auto FloatTransformer::forward(int token, int pos, FloatObserver* observer) -> std::span<const float> {
  const auto& s = model_.shape;
  if (token < 0 || token >= s.vocab_size || pos < 0 || pos > positions_ || pos >= s.context) {
    throw std::out_of_range("FloatTransformer::forward: token or position");
  }
  const auto embedding = row(model_.tok_emb, token, s.dim);
  x_ = Eigen::Map<const Vector>(embedding.data(), s.dim);
  if (observer) observer->observe(MCL_OP_EMBED, 0, view(x_));
  for (int l = 0; l < s.n_layers; l++) {
    attend(l, pos, observer);
    feed_forward(l, observer);
  }
  positions_ = pos + 1;
  rms_norm(normed_, x_, model_.final_norm, model_.norm_eps);
  multiply(logits_, classifier_, normed_);
  if (observer) {
    observer->observe(MCL_OP_FINAL_NORM, 0, view(normed_));
    observer->observe(MCL_OP_LOGITS, 0, view(logits_));
  }
  return view(logits_);
}

void FloatTransformer::attend(int layer, int pos, FloatObserver* observer) {
  const auto see = [&](mcl_op_t op, std::span<const float> values) {
    if (observer) observer->observe(op, layer, values);
  };
  auto& weights = layers_[static_cast<std::size_t>(layer)];
  rms_norm(normed_, x_, weights.att_norm, model_.norm_eps);
  multiply(q_, weights.wq, normed_);
  multiply(k_, weights.wk, normed_);
  multiply(v_, weights.wv, normed_);
  see(MCL_OP_ATT_NORM, view(normed_));
  see(MCL_OP_Q, view(q_));
  see(MCL_OP_K, view(k_));
  see(MCL_OP_V, view(v_));
  rotate(q_, pos);
  rotate(k_, pos);
  see(MCL_OP_Q_ROPE, view(q_));
  see(MCL_OP_K_CACHE, view(k_));
  see(MCL_OP_V_CACHE, view(v_));
  append(weights.keys, pos, k_);
  append(weights.values, pos, v_);

  const auto& s = model_.shape;
  const std::ptrdiff_t size = s.head_size(), kv_dim = s.kv_dim(), keys = pos + 1;
  const auto kv_begin = [&](int head) { return head * s.n_kv_heads / s.n_heads * size; };
  const float root = std::sqrt(static_cast<float>(size));
  scores_.resize(static_cast<std::size_t>(s.n_heads * keys));
  for (int h = 0; h < s.n_heads; h++) {
    const float* q = q_.data() + h * size;
    for (std::ptrdiff_t t = 0; t < keys; t++) {
      const float* k = weights.keys.data() + t * kv_dim + kv_begin(h);
      float score = 0.0F;
      for (std::ptrdiff_t j = 0; j < size; j++) score += q[j] * k[j];
      scores_[static_cast<std::size_t>(h * keys + t)] = score / root;
    }
  }
  see(MCL_OP_SCORE, scores_);

  att_.setZero(s.dim);
  for (int h = 0; h < s.n_heads; h++) {
    float* scores = scores_.data() + h * keys;
    softmax({scores, static_cast<std::size_t>(keys)});
    for (std::ptrdiff_t t = 0; t < keys; t++) {
      const float* v = weights.values.data() + t * kv_dim + kv_begin(h);
      att_.segment(h * size, size) += scores[t] * Eigen::Map<const Vector>(v, size);
    }
  }
  see(MCL_OP_ATTENTION, view(att_));
  multiply(normed_, weights.wo, att_);
  x_ += normed_;
  see(MCL_OP_ATT_RESIDUAL, view(x_));
}

void FloatTransformer::feed_forward(int layer, FloatObserver* observer) {
  const auto see = [&](mcl_op_t op, const Vector& values) {
    if (observer) observer->observe(op, layer, view(values));
  };
  const auto& weights = layers_[static_cast<std::size_t>(layer)];
  rms_norm(normed_, x_, weights.ffn_norm, model_.norm_eps);
  multiply(gate_, weights.w1, normed_);
  multiply(up_, weights.w3, normed_);
  see(MCL_OP_FFN_NORM, normed_);
  see(MCL_OP_GATE, gate_);
  see(MCL_OP_UP, up_);
  for (Eigen::Index r = 0; r < gate_.size(); r++) {
    float v = gate_(r);
    v *= 1.0F / (1.0F + std::exp(-v));
    v *= up_(r);
    gate_(r) = v;
  }
  see(MCL_OP_HIDDEN, gate_);
  multiply(normed_, weights.w2, gate_);
  x_ += normed_;
  see(MCL_OP_FFN_RESIDUAL, x_);
}

// Turns every pair of every head of x, float[dim] or float[kv_dim].
void FloatTransformer::rotate(Vector& x, int pos) const {
  const int size = model_.shape.head_size();
  for (Eigen::Index i = 0; i < x.size(); i += 2) {
    const float exponent = static_cast<float>(i % size) / static_cast<float>(size);
    const float frequency = 1.0F / std::pow(model_.rope_theta, exponent);
    const float angle = static_cast<float>(pos) * frequency;
    const float c = std::cos(angle), s = std::sin(angle);
    const float a = x(i), b = x(i + 1);
    x(i) = a * c - b * s;
    x(i + 1) = a * s + b * c;
  }
}

}  // namespace mcullm::reference
