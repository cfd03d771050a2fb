// SPDX-License-Identifier: MIT
#include "sim/uno/program.hpp"
#include "tests/fuzz/promise.hpp"

using namespace mcullm;
using tests::promise;

auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  constexpr std::size_t flash_bytes = 32768;
  const auto program = uno::parse_program(tests::as_bytes(data, size), "fuzz.hex");
  if (!program) return 0;
  for (const auto& segment : program->segments)
    promise(segment.address <= flash_bytes && segment.bytes.size() <= flash_bytes - segment.address,
            "segments lie in the flash");
  return 0;
}
