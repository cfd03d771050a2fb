// SPDX-License-Identifier: MIT
// What goes into the flash: an ELF or Intel HEX file of an ATmega328P.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mcullm::uno {

struct Program {
  struct Segment {
    std::uint32_t address;  // in the flash
    std::vector<std::byte> bytes;
  };
  std::vector<Segment> segments;
  std::uint32_t static_end = 0;  // RAM address after .bss, from the symbol _end; 0: not known

  auto lowest_address() const -> std::uint32_t;
};

// The kind is told by the content. Every segment lies inside the 32 KB of flash. `name` stands in the
// messages.
auto parse_program(std::span<const std::byte> bytes, std::string_view name) -> Result<Program>;
auto read_program(const std::filesystem::path& path) -> Result<Program>;

}  // namespace mcullm::uno
