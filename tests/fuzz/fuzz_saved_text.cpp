// SPDX-License-Identifier: MIT
#include "chat/saved_text.hpp"
#include "tests/fuzz/promise.hpp"

using namespace mcullm;
using tests::promise;

auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const auto parsed = chat::parse_text(tests::as_bytes(data, size), "fuzz.json", "model");
  if (!parsed) {
    promise(!parsed.error().what.empty() && !parsed.error().hint.empty(),
            "a refusal says what and what to do");
    return 0;
  }
  promise(parsed->random_state != 0, "a random state is never 0");
  promise(parsed->settings.top_p >= 0 && parsed->settings.top_p <= 1, "top_p is a probability");
  for (const int token : parsed->tokens) promise(token >= 0 && token <= 0xFFFF, "tokens are 16-bit numbers");
  return 0;
}
