// SPDX-License-Identifier: MIT
// Writes the model of the recorded conversations: golden_model FILE
#include <cstdio>

#include "base/file.hpp"
#include "image/model_image.hpp"
#include "tests/reference/random_model.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: golden_model FILE\n");
    return 2;
  }
  mcullm::tests::RandomModel wanted;
  wanted.shape = {.dim = 8,
                  .hidden_dim = 12,
                  .n_layers = 2,
                  .n_heads = 2,
                  .n_kv_heads = 1,
                  .vocab_size = 40,
                  .context = 48};
  wanted.seed = 1;
  const auto image = mcullm::image::write_model_image(mcullm::tests::random_model_image(wanted));
  return mcullm::write_file(argv[1], image) ? 0 : 1;
}
