// SPDX-License-Identifier: MIT
#include "reference/integer_transformer.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include "proto/bytes.h"
#include "proto/crc32.h"
#include "reference/arithmetic.hpp"

namespace mcullm::reference {

namespace {

auto view(const IntVector& v) -> std::span<const std::int32_t> {
  return {v.data(), static_cast<std::size_t>(v.size())};
}

// Tells an observer, if there is one, what happens in one layer.
struct Trace {
  Observer* observer;
  int layer;

  void operator()(mcl_op_t op, std::span<const std::int32_t> values) const {
    if (observer) observer->observe(op, layer, values);
  }
  void operator()(mcl_op_t op, const IntVector& values) const { (*this)(op, view(values)); }
};

// x + y modulo 2^32
auto wrapped_sum(const IntVector& x, const IntVector& y) -> IntVector {
  return (x.cast<std::uint32_t>() + y.cast<std::uint32_t>()).cast<std::int32_t>();
}

void store(std::vector<std::int16_t>& cache, int pos, const IntVector& v) {
  const auto width = static_cast<std::size_t>(v.size());
  const auto begin = static_cast<std::size_t>(pos) * width;
  if (cache.size() < begin + width) cache.resize(begin + width);
  std::transform(v.begin(), v.end(), cache.begin() + static_cast<std::ptrdiff_t>(begin),
                 [](std::int32_t value) { return static_cast<std::int16_t>(value); });
}

}  // namespace

auto vector_crc(std::span<const std::int32_t> values) -> std::uint32_t {
  std::vector<std::uint8_t> bytes(4 * values.size());
  for (std::size_t i = 0; i < values.size(); i++) {
    mcl_put_u32(bytes.data() + 4 * i, static_cast<std::uint32_t>(values[i]));
  }
  return mcl_crc32(0, bytes.data(), bytes.size());
}

IntegerTransformer::IntegerTransformer(const image::ModelImage& image, Product multiply)
    : image_(image), multiply_(std::move(multiply)), caches_(image.layers.size()) {}

void IntegerTransformer::reset() {
  positions_ = 0;
  caches_.assign(image_.layers.size(), {});
}

auto IntegerTransformer::forward(int token, int pos, Observer* observer) -> TokenResult {
  TokenResult result;
  result.state_crc = prefill(token, pos, observer);
  const Trace trace{observer, 0};
  const IntVector a = rms_norm(x_, image_.final_gains, image_.final_gain_shift, image_);
  trace(MCL_OP_FINAL_NORM, a);
  logits_ = gemv32(image_.classifier, a, multiply_);
  trace(MCL_OP_LOGITS, logits_);
  result.logits = view(logits_);
  result.logits_crc = vector_crc(result.logits);
  result.argmax = static_cast<int>(std::max_element(logits_.begin(), logits_.end()) - logits_.begin());
  return result;
}

auto IntegerTransformer::prefill(int token, int pos, Observer* observer) -> std::uint32_t {
  if (token < 0 || token >= image_.shape.vocab_size || pos < 0 || pos > positions_) {
    throw std::out_of_range("IntegerTransformer: token or position");
  }
  x_ = embedding(image_.embedding_matrix(), token, image_.embed_shift);
  Trace{observer, 0}(MCL_OP_EMBED, x_);
  for (int l = 0; l < image_.shape.n_layers; l++) {
    run_layer(l, pos, {x_.data(), static_cast<std::size_t>(x_.size())}, observer);
  }
  positions_ = pos + 1;
  return vector_crc(view(x_));
}

void IntegerTransformer::run_layer(int layer, int pos, std::span<std::int32_t> x, Observer* observer) {
  if (layer < 0 || layer >= image_.shape.n_layers || pos < 0 || pos >= image_.shape.context ||
      x.size() != static_cast<std::size_t>(image_.shape.dim)) {
    throw std::out_of_range("IntegerTransformer: layer, position or size of x");
  }
  Eigen::Map<IntVector> state(x.data(), image_.shape.dim);
  state = wrapped_sum(state, attend(layer, pos, state, observer));
  Trace{observer, layer}(MCL_OP_ATT_RESIDUAL, x);
  state = wrapped_sum(state, feed_forward(layer, state, observer));
  Trace{observer, layer}(MCL_OP_FFN_RESIDUAL, x);
}

// Sections 5 to 7. Returns what attention adds to x.
auto IntegerTransformer::attend(int layer, int pos, const IntVector& x, Observer* observer) -> IntVector {
  const Trace trace{observer, layer};
  const auto& s = image_.shape;
  const auto& weights = image_.layers[static_cast<std::size_t>(layer)];

  const IntVector a = rms_norm(x, weights.att_gains, weights.att_gain_shift, image_);
  const IntVector q = gemv16(weights.wq, a, multiply_), k = gemv16(weights.wk, a, multiply_),
                  v = gemv16(weights.wv, a, multiply_);
  trace(MCL_OP_ATT_NORM, a);
  trace(MCL_OP_Q, q);
  trace(MCL_OP_K, k);
  trace(MCL_OP_V, v);

  std::vector<std::int32_t> query;
  for (const std::int64_t u : rotated(q, image_.rope_step, pos)) query.push_back(sat16(rsh(u, 14)));
  trace(MCL_OP_Q_ROPE, query);
  cache_position(layer, pos, k, v, observer);

  const auto& cache = caches_[static_cast<std::size_t>(layer)];
  const auto size = static_cast<std::size_t>(s.head_size());
  const auto head_view = [&](const std::vector<std::int16_t>& stored, int head) {
    const auto kv_head = static_cast<std::size_t>(head * s.n_kv_heads / s.n_heads);
    return CacheView{stored.data() + kv_head * size, pos + 1, s.head_size(), s.kv_dim()};
  };
  std::vector<std::int32_t> scores, o;  // (heads, pos + 1), (heads, head_size)
  for (int h = 0; h < s.n_heads; h++) {
    const auto head_query = std::span(query).subspan(static_cast<std::size_t>(h) * size, size);
    const IntVector head_scores =
        attention_scores(head_query, head_view(cache.keys, h), image_.kv_format != image::KvFormat::k8v8);
    const IntVector output = attention_output(view(head_scores), head_view(cache.values, h),
                                              image_.kv_format == image::KvFormat::k16v16);
    o.insert(o.end(), output.begin(), output.end());
    if (observer) scores.insert(scores.end(), head_scores.begin(), head_scores.end());
  }
  trace(MCL_OP_SCORE, scores);
  trace(MCL_OP_ATTENTION, o);
  return gemv32(weights.wo, Eigen::Map<const IntVector>(o.data(), s.dim), multiply_);
}

// The end of section 6: K and V of this position as the cache holds them.
auto IntegerTransformer::cache_position(int layer, int pos, const IntVector& k, const IntVector& v,
                                        Observer* observer) -> void {
  const auto& centre = image_.layers[static_cast<std::size_t>(layer)].k_centre;
  const bool wide_keys = image_.kv_format != image::KvFormat::k8v8;
  const bool wide_values = image_.kv_format == image::KvFormat::k16v16;
  const auto u = rotated(k, image_.rope_step, pos);
  IntVector key(k.size()), value(v.size());
  for (Eigen::Index j = 0; j < k.size(); j++) {
    const auto i = static_cast<std::size_t>(j);
    const std::int64_t centred = u[i] - std::int64_t{centre[i]} * (1 << 14);
    key(j) = wide_keys ? sat16(rsh(centred, 14)) : sat8(rsh(centred, 19));
    value(j) = wide_values ? v(j) : sat8(rsh(v(j), 8));
  }
  auto& cache = caches_[static_cast<std::size_t>(layer)];
  store(cache.keys, pos, key);
  store(cache.values, pos, value);
  const Trace trace{observer, layer};
  trace(MCL_OP_K_CACHE, key);
  trace(MCL_OP_V_CACHE, value);
}

// Section 8. Returns what the feed-forward adds to x.
auto IntegerTransformer::feed_forward(int layer, const IntVector& x, Observer* observer) -> IntVector {
  const Trace trace{observer, layer};
  const auto& weights = image_.layers[static_cast<std::size_t>(layer)];
  const IntVector a = rms_norm(x, weights.ffn_gains, weights.ffn_gain_shift, image_);
  const IntVector g = gemv16(weights.w1, a, multiply_), u = gemv16(weights.w3, a, multiply_);
  const IntVector h = gated(g, u, image_.gate_frac, weights.hidden_shift);
  trace(MCL_OP_FFN_NORM, a);
  trace(MCL_OP_GATE, g);
  trace(MCL_OP_UP, u);
  trace(MCL_OP_HIDDEN, h);
  return gemv32(weights.w2, h, multiply_);
}

}  // namespace mcullm::reference
