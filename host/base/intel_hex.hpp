// SPDX-License-Identifier: MIT
// Intel HEX: a program as lines of text, each with its address and checksum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mcullm {

struct HexSegment {
  std::uint64_t address = 0;
  std::vector<std::byte> bytes;
};

// The segments in the order of the file, one per line; nothing when a line is damaged, a checksum is wrong,
// the end record is missing, or there is no data.
auto parse_intel_hex(std::span<const std::byte> file) -> std::optional<std::vector<HexSegment>>;

}  // namespace mcullm
