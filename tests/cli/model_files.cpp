// SPDX-License-Identifier: MIT
#include "model_files.hpp"

#include <fstream>

#include "image/model_image.hpp"
#include "reference/random_model.hpp"

namespace mcullm::tests {
namespace {

constexpr checkpoint::ModelShape shape{.dim = 16,
                                       .hidden_dim = 24,
                                       .n_layers = 2,
                                       .n_heads = 4,
                                       .n_kv_heads = 2,
                                       .vocab_size = 40,
                                       .context = 48};

void write(const std::string& path, const std::vector<std::byte>& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

auto model_image(std::uint64_t seed) -> std::vector<std::byte> {
  RandomModel wanted;
  wanted.shape = shape;
  wanted.seed = seed;
  return image::write_model_image(random_model_image(wanted));
}

}  // namespace

ModelFiles::ModelFiles() {
  write(model, model_image(1));
  write(other, model_image(2));
  write(floats, image::write_float_image(random_float_image(shape, true, 1)));
}

}  // namespace mcullm::tests
