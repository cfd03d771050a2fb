// SPDX-License-Identifier: MIT
// How much flash and RAM a program for a chip takes, from its ELF file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace mcullm {

struct ElfSize {
  std::uint64_t flash_bytes = 0;   // code, constants, and the first values of variables
  std::uint64_t static_bytes = 0;  // variables, with and without first values
};

// Nothing when it is no little-endian ELF file of 32 bits, or damaged.
auto elf_size(std::span<const std::byte> file) -> std::optional<ElfSize>;

}  // namespace mcullm
