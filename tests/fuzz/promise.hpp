// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int;

namespace mcullm::tests {

// What a parser owes for any input; a broken promise ends the process, which is what fuzzers look for.
inline void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

inline auto as_bytes(const std::uint8_t* data, std::size_t size) -> std::span<const std::byte> {
  return std::as_bytes(std::span(data, size));
}

}  // namespace mcullm::tests
