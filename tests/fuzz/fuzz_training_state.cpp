// SPDX-License-Identifier: MIT
#include "train/training_state.hpp"

#include <algorithm>

#include "tests/fuzz/promise.hpp"

using namespace mcullm;
using tests::promise;

auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  constexpr std::size_t parameters = 4;
  const auto bytes = tests::as_bytes(data, size);
  const auto parsed = train::parse_training_state(bytes, parameters, "fuzz.state");
  if (!parsed) {
    promise(!parsed.error().what.empty() && !parsed.error().hint.empty(),
            "a refusal says what and what to do");
    return 0;
  }
  promise(std::ranges::equal(train::write_training_state(*parsed), bytes),
          "a state is written as it was read");
  return 0;
}
