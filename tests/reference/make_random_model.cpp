// SPDX-License-Identifier: MIT
// Writes a model image of any shape with random weights, and the tokens of a llama2.c tokenizer: for what
// only the size of a model shows.
//
//   make_random_model DIM HIDDEN LAYERS HEADS KV_HEADS VOCAB CONTEXT TOKENIZER.bin OUT.mcm
#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

#include "base/file.hpp"
#include "checkpoint/llama2c.hpp"
#include "random_model.hpp"

using namespace mcullm;

namespace {

auto write_model(char** arguments) -> Result<Ok> {
  const auto number = [&](int index) { return std::atoi(arguments[index]); };
  tests::RandomModel wanted;
  wanted.shape = {.dim = number(1),
                  .hidden_dim = number(2),
                  .n_layers = number(3),
                  .n_heads = number(4),
                  .n_kv_heads = number(5),
                  .vocab_size = number(6),
                  .context = number(7)};
  const auto bytes = read_file(arguments[8]);
  if (!bytes) return bytes.error();
  const auto vocabulary = checkpoint::parse_tokenizer(*bytes, wanted.shape.vocab_size, arguments[8]);
  if (!vocabulary) return vocabulary.error();
  auto model = tests::random_model_image(wanted);
  model.tokens = image::ranked_tokens(*vocabulary);
  return write_file(arguments[9], image::write_model_image(model));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 10) {
    fmt::print(
        stderr,
        "usage: make_random_model DIM HIDDEN LAYERS HEADS KV_HEADS VOCAB CONTEXT TOKENIZER.bin OUT.mcm\n");
    return 2;
  }
  const auto done = write_model(argv);
  if (!done) fmt::print(stderr, "{}\n", done.error().what);
  return done ? 0 : 1;
}
