// SPDX-License-Identifier: MIT
#include "image/random_model.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "base/random_source.hpp"

namespace mcullm::image {

namespace {

// Rows whose products with activations of a few thousand come out at about `gain` times as much.
auto matrix(RandomSource& random, int rows, int cols, int bits, int shift, double gain) -> Matrix {
  Matrix m;
  m.rows = rows;
  m.cols = cols;
  m.bits = bits;
  m.shift = shift;
  // long rows have smaller weights: their absolute sum is limited (proto/IMAGE.md, max_row_l1)
  const int limit = bits == 4 ? 7 : std::min(127, 120'000 / cols);
  m.weights = random.integers<std::int8_t>(rows * cols, -limit, limit);
  const double typical = gain * std::exp2(shift) / (std::sqrt(cols) * limit * 0.58);
  for (int r = 0; r < rows; r++) {
    m.multipliers.push_back(static_cast<std::uint16_t>(typical * (1.0 + 0.5 * random.real())));
  }
  return m;
}

auto layer(RandomSource& random, const RandomModel& wanted) -> Layer {
  const auto& s = wanted.shape;
  const int kv = s.kv_dim();
  const auto make = [&](int rows, int cols, double gain, int shift) {
    return matrix(random, rows, cols, wanted.bits, shift, gain);
  };
  Layer l;
  l.att_gains = random.integers<std::int16_t>(s.dim, 5000, 30000);
  l.ffn_gains = random.integers<std::int16_t>(s.dim, -30000, 30000);
  l.att_gain_shift = 14;
  l.ffn_gain_shift = 14;
  l.wq = make(s.dim, s.dim, wanted.kv_format == KvFormat::k8v8 ? 0.15 : 1.0, 24);
  l.wk = make(kv, s.dim, wanted.kv_format == KvFormat::k8v8 ? 0.4 : 0.7, 16);
  l.k_centre = random.integers<std::int16_t>(kv, -1500, 1500);
  l.wv = make(kv, s.dim, 2.5, 16);
  l.wo = make(s.dim, s.dim, 2.0, 16);
  l.w1 = make(s.hidden_dim, s.dim, 1.0, 16);
  l.w3 = make(s.hidden_dim, s.dim, 2.0, 16);
  l.w2 = make(s.dim, s.hidden_dim, 4.0, 16);
  l.hidden_shift = 13;
  return l;
}

}  // namespace

auto letter_tokens(int count) -> std::vector<Token> {
  std::vector<Token> result;
  for (int i = 0; i < count; i++) {
    std::string text =
        i < 3 ? std::string(1, "?<>"[i]) : std::string(1, static_cast<char>('a' + (i - 3) % 26));
    if (i >= 29) text += std::to_string(i);
    result.push_back({text, static_cast<std::uint16_t>(i % 7)});
  }
  return result;
}

auto random_model_image(const RandomModel& wanted) -> ModelImage {
  RandomSource random(wanted.seed);
  const auto& s = wanted.shape;
  ModelImage m;
  m.identity.name = "random";
  m.shape = s;
  m.kv_format = wanted.kv_format;
  m.resid_frac = 16;
  m.gate_frac = 11;
  m.norm_frac = 15 - static_cast<int>(std::ceil(std::log2(s.dim) / 2.0));
  m.norm_numerator = static_cast<std::uint32_t>(std::llround(std::sqrt(s.dim) * std::exp2(m.norm_frac + 16)));
  m.norm_eps = static_cast<std::uint64_t>(std::llround(1e-5 * s.dim * std::exp2(32)));
  for (int i = 0; i < s.head_size() / 2; i++) {
    const double turns = std::pow(10000.0, -2.0 * i / s.head_size()) / (2.0 * std::numbers::pi);
    m.rope_step.push_back(static_cast<std::uint32_t>(std::llround(turns * std::exp2(32))));
  }
  for (int l = 0; l < s.n_layers; l++) m.layers.push_back(layer(random, wanted));
  m.final_gains = random.integers<std::int16_t>(s.dim, 2000, 30000);
  m.final_gain_shift = 14;
  m.classifier = matrix(random, s.vocab_size, s.dim, wanted.bits, 16, 30.0);
  // embedding steps of about 2^16 / limit
  const int limit = wanted.bits == 4 ? 7 : 127;
  m.embed_shift = 0;
  while (m.classifier.multipliers[0] * limit >> m.embed_shift > 1 << 17) m.embed_shift++;
  if (!wanted.shared_classifier) {
    m.embedding = matrix(random, s.vocab_size, s.dim, wanted.bits, 16, 20.0);
    m.embedding->shift = 24;
  }
  m.tokens = letter_tokens(s.vocab_size);
  return m;
}

}  // namespace mcullm::image
