// SPDX-License-Identifier: MIT
#include "tests/image/sample_image.hpp"

#include <cmath>
#include <random>

#include "tests/checkpoint/sample_checkpoint.hpp"

namespace mcullm::tests {

namespace {

class Numbers {
 public:
  explicit Numbers(std::uint32_t seed) : random_(seed) {}

  auto pick(int least, int most) -> int {
    return least + static_cast<int>(random_() % static_cast<std::uint32_t>(most - least + 1));
  }

  auto vector(int size) -> std::vector<std::int16_t> {
    std::vector<std::int16_t> values(static_cast<std::size_t>(size));
    for (auto& value : values) value = static_cast<std::int16_t>(pick(-32768, 32767));
    return values;
  }

  auto matrix(int rows, int cols, int bits) -> image::Matrix {
    image::Matrix matrix{
        .rows = rows, .cols = cols, .bits = bits, .shift = 8 * pick(1, 4), .weights = {}, .multipliers = {}};
    const int most = bits == 8 ? 127 : 7;
    for (int i = 0; i < rows * cols; ++i)
      matrix.weights.push_back(static_cast<std::int8_t>(pick(-most, most)));
    for (int i = 0; i < rows; ++i) matrix.multipliers.push_back(static_cast<std::uint16_t>(pick(0, 65535)));
    return matrix;
  }

 private:
  std::mt19937 random_;
};

auto sample_layer(const checkpoint::ModelShape& s, int bits, Numbers& numbers) -> image::Layer {
  image::Layer layer;
  layer.att_gain_shift = numbers.pick(0, 30);
  layer.ffn_gain_shift = numbers.pick(0, 30);
  layer.hidden_shift = numbers.pick(0, 30);
  layer.att_gains = numbers.vector(s.dim);
  layer.ffn_gains = numbers.vector(s.dim);
  layer.k_centre = numbers.vector(s.kv_dim());
  layer.wq = numbers.matrix(s.dim, s.dim, bits);
  layer.wk = numbers.matrix(s.kv_dim(), s.dim, bits);
  layer.wv = numbers.matrix(s.kv_dim(), s.dim, bits);
  layer.wo = numbers.matrix(s.dim, s.dim, bits);
  layer.w1 = numbers.matrix(s.hidden_dim, s.dim, bits);
  layer.w3 = numbers.matrix(s.hidden_dim, s.dim, bits);
  layer.w2 = numbers.matrix(s.dim, s.hidden_dim, bits);
  return layer;
}

auto sample_identity(std::uint32_t seed) -> image::Identity {
  image::Identity identity{
      .name = "sample " + std::to_string(seed), .source = {}, .bos_token = 1, .eos_token = 2};
  identity.source.fill(static_cast<std::uint8_t>(seed));
  return identity;
}

auto sample_tokens(int vocab_size, std::uint32_t seed) -> std::vector<image::Token> {
  return image::ranked_tokens(sample_vocabulary(vocab_size, seed));
}

}  // namespace

auto sample_model_image(const checkpoint::ModelShape& shape, const Storage& storage, std::uint32_t seed)
    -> image::ModelImage {
  Numbers numbers(seed);
  image::ModelImage image;
  image.identity = sample_identity(seed);
  image.shape = shape;
  image.kv_format = storage.kv_format;
  image.resid_frac = numbers.pick(8, 20);
  image.gate_frac = numbers.pick(8, 12);
  image.norm_frac = 15 - static_cast<int>(std::ceil(std::log2(shape.dim) / 2));
  image.embed_shift = numbers.pick(0, 31);
  image.final_gain_shift = numbers.pick(0, 30);
  image.norm_numerator = static_cast<std::uint32_t>(
      std::llround(std::sqrt(double(shape.dim)) * std::exp2(image.norm_frac + 16)));
  image.norm_eps = (std::uint64_t{1} << 36) - 1 - seed;
  for (int i = 0; i < shape.head_size() / 2; ++i)
    image.rope_step.push_back(static_cast<std::uint32_t>(numbers.pick(-32768, 32767)));
  for (int i = 0; i < shape.n_layers; ++i)
    image.layers.push_back(sample_layer(shape, storage.layer_bits, numbers));
  image.final_gains = numbers.vector(shape.dim);
  image.classifier = numbers.matrix(shape.vocab_size, shape.dim, storage.classifier_bits);
  if (!storage.shared_classifier) {
    image.embedding = numbers.matrix(shape.vocab_size, shape.dim, storage.embedding_bits);
    image.embedding->shift = image::Matrix{}.shift;  // not stored: the embedding has embed_shift
  }
  image.tokens = sample_tokens(shape.vocab_size, seed);
  return image;
}

auto sample_float_image(const checkpoint::ModelShape& shape, bool shared_classifier, std::uint32_t seed)
    -> image::FloatImage {
  image::FloatImage image{.identity = sample_identity(seed),
                          .model = sample_model(shape, shared_classifier, seed),
                          .tokens = sample_tokens(shape.vocab_size, seed)};
  image.model.norm_eps = 1e-6F;
  image.model.rope_theta = 500000.0F;
  return image;
}

}  // namespace mcullm::tests
