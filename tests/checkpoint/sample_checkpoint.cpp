// SPDX-License-Identifier: MIT
#include "tests/checkpoint/sample_checkpoint.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <string>

#include "base/byte_writer.hpp"

namespace mcullm::tests {

namespace {

using checkpoint::FloatModel;
using checkpoint::ModelShape;

constexpr std::size_t header_bytes = 256;

auto random_values(std::size_t count, std::mt19937& random) -> std::vector<float> {
  // 16 random bits, so that every standard library draws the same numbers
  std::vector<float> values(count);
  for (auto& value : values) value = (static_cast<float>(random() >> 16) - 32768.0F) / 65536.0F;
  return values;
}

void put_header(ByteWriter& out, const FloatModel& model, int version) {
  const auto& s = model.shape;
  out.put_text("24ka");
  for (const int field :
       {version, s.dim, s.hidden_dim, s.n_layers, s.n_heads, s.n_kv_heads, s.vocab_size, s.context})
    out.put_i32(field);
  out.put_le(static_cast<std::uint8_t>(model.shared_classifier));
}

void put_floats(ByteWriter& out, std::span<const float> values) {
  for (const float value : values) out.put_f32(value);
}

// One tensor of export.py: all int8, then all scales; `values` become what was stored.
void put_q8(ByteWriter& out, std::span<float> values, std::size_t group) {
  std::vector<float> scales;
  for (std::size_t first = 0; first < values.size(); first += group) {
    const auto part = values.subspan(first, group);
    float largest = 0;
    for (const float value : part) largest = std::max(largest, std::abs(value));
    const float scale = largest / 127;
    for (auto& value : part) {
      const float rounded = scale > 0 ? std::nearbyint(value / scale) : 0;
      out.put_le(static_cast<std::uint8_t>(static_cast<std::int8_t>(rounded)));
      value = rounded * scale;
    }
    scales.push_back(scale);
  }
  put_floats(out, scales);
}

}  // namespace

auto small_shape() -> ModelShape {
  return {.dim = 8,
          .hidden_dim = 6,
          .n_layers = 2,
          .n_heads = 4,
          .n_kv_heads = 2,
          .vocab_size = 32,
          .context = 4};
}

auto sample_shapes(int count) -> std::vector<ModelShape> {
  std::vector<ModelShape> shapes = {
      {2, 1, 1, 1, 1, 32, 1},     {4, 3, 1, 2, 1, 33, 2},   {6, 1, 2, 3, 3, 35, 3},
      {256, 5, 1, 128, 1, 32, 1}, {128, 9, 1, 1, 1, 32, 2}, {2, 1, 64, 1, 1, 32, 1},
      {2, 1, 1, 1, 1, 65536, 1},  {2, 3, 1, 1, 1, 32, 65},  {64, 172, 1, 8, 4, 40, 8},
  };
  std::mt19937 random(260);
  const auto pick = [&](unsigned least, unsigned most) {
    return static_cast<int>(least + random() % (most - least + 1));
  };
  for (int i = 0; i < count; ++i) {
    ModelShape s;
    s.n_kv_heads = pick(1, 3);
    s.n_heads = s.n_kv_heads * pick(1, 3);
    s.dim = s.n_heads * 2 * pick(1, 4);
    s.hidden_dim = pick(1, 23);
    s.n_layers = pick(1, 3);
    s.vocab_size = pick(32, 71);
    s.context = pick(1, 9);
    shapes.push_back(s);
  }
  return shapes;
}

auto sample_model(const ModelShape& s, bool shared_classifier, std::uint32_t seed) -> FloatModel {
  std::mt19937 random(seed);
  const auto values = [&](int layers, int rows, int cols) {
    return random_values(
        static_cast<std::size_t>(layers) * static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols),
        random);
  };
  FloatModel m;
  m.shape = s;
  m.shared_classifier = shared_classifier;
  m.tok_emb = values(1, s.vocab_size, s.dim);
  m.att_norm = values(s.n_layers, 1, s.dim);
  m.wq = values(s.n_layers, s.dim, s.dim);
  m.wk = values(s.n_layers, s.kv_dim(), s.dim);
  m.wv = values(s.n_layers, s.kv_dim(), s.dim);
  m.wo = values(s.n_layers, s.dim, s.dim);
  m.ffn_norm = values(s.n_layers, 1, s.dim);
  m.w1 = values(s.n_layers, s.hidden_dim, s.dim);
  m.w2 = values(s.n_layers, s.dim, s.hidden_dim);
  m.w3 = values(s.n_layers, s.hidden_dim, s.dim);
  m.final_norm = values(1, 1, s.dim);
  if (!shared_classifier) m.wcls = values(1, s.vocab_size, s.dim);
  return m;
}

auto sample_vocabulary(int vocab_size, std::uint32_t seed) -> checkpoint::Vocabulary {
  std::mt19937 random(seed);
  checkpoint::Vocabulary vocabulary;
  for (int token = 0; token < vocab_size; ++token) {
    std::string text;
    for (auto length = random() % 8; length > 0; --length) text += static_cast<char>(random() & 0xFF);
    vocabulary.max_token_length =
        std::max(vocabulary.max_token_length, static_cast<std::uint32_t>(text.size()));
    vocabulary.pieces.push_back({text, -static_cast<float>(random() % 40)});
  }
  return vocabulary;
}

auto write_v1(const FloatModel& m) -> std::vector<std::byte> {
  ByteWriter out;
  put_header(out, m, 1);
  out.pad_to(header_bytes);
  for (const auto* tensor : {&m.att_norm, &m.ffn_norm, &m.final_norm, &m.tok_emb, &m.wq, &m.wk, &m.wv, &m.wo,
                             &m.w1, &m.w2, &m.w3, &m.wcls})
    put_floats(out, *tensor);
  return out.take();
}

auto write_v2(const FloatModel& model, int group_size) -> Quantized {
  FloatModel m = model;
  ByteWriter out;
  put_header(out, m, 2);
  out.put_i32(group_size);
  out.pad_to(header_bytes);
  for (const auto* norm : {&m.att_norm, &m.ffn_norm, &m.final_norm}) put_floats(out, *norm);
  const auto put = [&](std::vector<float>& tensor, int layers) {
    const auto elements = tensor.size() / static_cast<std::size_t>(layers);
    for (std::size_t first = 0; first < tensor.size(); first += elements)
      put_q8(out, std::span(tensor).subspan(first, elements), static_cast<std::size_t>(group_size));
  };
  put(m.tok_emb, 1);
  for (auto* tensor : {&m.wq, &m.wk, &m.wv, &m.wo, &m.w1, &m.w2, &m.w3}) put(*tensor, m.shape.n_layers);
  if (!m.shared_classifier) put(m.wcls, 1);
  return {out.take(), m};
}

}  // namespace mcullm::tests
