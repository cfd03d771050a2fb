// SPDX-License-Identifier: MIT
#include <algorithm>

#include "checkpoint/llama2c.hpp"
#include "image/model_image.hpp"
#include "tests/fuzz/promise.hpp"

using namespace mcullm;
using tests::promise;

auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const auto bytes = tests::as_bytes(data, size);
  const auto vocab_size = checkpoint::tokenizer_vocab_size(bytes);
  const auto parsed = checkpoint::parse_tokenizer(bytes, vocab_size.value_or(32), "fuzz.bin");
  promise(static_cast<bool>(parsed) == vocab_size.has_value(), "counting and reading agree");
  if (!parsed) {
    promise(!parsed.error().what.empty() && !parsed.error().hint.empty(),
            "a refusal says what and what to do");
    return 0;
  }
  promise(std::ranges::equal(checkpoint::write_tokenizer(*parsed), bytes),
          "a tokenizer is written as it was read");
  promise(!checkpoint::parse_tokenizer(bytes, *vocab_size + 1, "fuzz.bin"), "one token more is refused");
  const auto tokens = image::ranked_tokens(*parsed);
  const auto& pieces = parsed->pieces;
  for (std::size_t i = 1; i < tokens.size(); ++i)
    promise((tokens[i - 1].rank < tokens[i].rank) == (pieces[i - 1].score < pieces[i].score),
            "ranks order as scores do");
  return 0;
}
