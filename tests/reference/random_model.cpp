// SPDX-License-Identifier: MIT
#include "random_model.hpp"

#include <cmath>

#include "random_source.hpp"

namespace mcullm::tests {

auto random_float_image(const checkpoint::ModelShape& shape, bool shared_classifier, std::uint64_t seed,
                        double scale) -> image::FloatImage {
  RandomSource random(seed);
  const auto stack = [&](int count, int rows, int cols) {
    return random.floats(count * rows * cols, 1.7 * scale / std::sqrt(cols));
  };
  const auto gains = [&](int count) {
    auto values = random.floats(count, 0.5);
    for (auto& v : values) v += 1.0F;
    return values;
  };
  image::FloatImage image;
  image.identity.name = "random";
  auto& m = image.model;
  m.shape = shape;
  m.shared_classifier = shared_classifier;
  const int layers = shape.n_layers, dim = shape.dim, kv = shape.kv_dim(), hidden = shape.hidden_dim;
  m.tok_emb = random.floats(shape.vocab_size * dim, scale);
  m.att_norm = gains(layers * dim);
  m.wq = stack(layers, dim, dim);
  m.wk = stack(layers, kv, dim);
  m.wv = stack(layers, kv, dim);
  m.wo = stack(layers, dim, dim);
  m.ffn_norm = gains(layers * dim);
  m.w1 = stack(layers, hidden, dim);
  m.w2 = stack(layers, dim, hidden);
  m.w3 = stack(layers, hidden, dim);
  m.final_norm = gains(dim);
  if (!shared_classifier) m.wcls = stack(1, shape.vocab_size, dim);
  image.tokens = image::letter_tokens(shape.vocab_size);
  return image;
}

}  // namespace mcullm::tests
