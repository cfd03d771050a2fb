// SPDX-License-Identifier: MIT
// random_models FILE DIM HIDDEN LAYERS HEADS KV_HEADS VOCAB CONTEXT BITS: a model image of random numbers.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "random_model.hpp"

auto main(int argc, char** argv) -> int {
  if (argc != 10) return EXIT_FAILURE;
  std::vector<int> numbers;
  for (int i = 2; i < argc; ++i) numbers.push_back(std::atoi(argv[i]));
  mcullm::tests::RandomModel wanted;
  wanted.shape = {.dim = numbers[0],
                  .hidden_dim = numbers[1],
                  .n_layers = numbers[2],
                  .n_heads = numbers[3],
                  .n_kv_heads = numbers[4],
                  .vocab_size = numbers[5],
                  .context = numbers[6]};
  wanted.bits = numbers[7];
  wanted.shared_classifier = numbers[5] % 2 == 0;
  const auto bytes = mcullm::image::write_model_image(mcullm::tests::random_model_image(wanted));
  std::ofstream file(argv[1], std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return file ? EXIT_SUCCESS : EXIT_FAILURE;
}
