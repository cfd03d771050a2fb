// SPDX-License-Identifier: MIT
// UF2, the file that a person copies to the volume of a board in its boot loader: blocks of 512 bytes, each
// with 256 bytes of the chip's memory and the address where they belong.
// Format: https://github.com/microsoft/uf2
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace mcullm::flash {

// Which chip a block is for (pico-sdk, boot/uf2.h). `absolute` and `data` are blocks that the RP2350 stores
// wherever its partition table says.
enum class Uf2Family : std::uint32_t {
  rp2040 = 0xe48bff56,
  absolute = 0xe48bff57,
  data = 0xe48bff58,
  rp2350_arm = 0xe48bff59,
  rp2350_riscv = 0xe48bff5a,
};

constexpr std::uint32_t uf2_page_bytes = 256;

// Bytes of the chip's memory from `address` on.
struct MemoryPiece {
  std::uint32_t address = 0;
  std::vector<std::byte> bytes{};
};

struct Uf2Image {
  Uf2Family family = Uf2Family::rp2040;
  std::vector<MemoryPiece> pieces{};  // ascending; neighbours are one piece
};

// Addresses must be multiples of 256 and pieces must not overlap; a page that is not full ends in zeros.
auto write_uf2(const Uf2Image& image) -> Result<std::vector<std::byte>>;

// Refuses files that are cut off, whose blocks are damaged, repeated or of several families, or that leave
// the address space. Blocks that are not meant for the main memory are skipped.
auto read_uf2(std::span<const std::byte> file) -> Result<Uf2Image>;

}  // namespace mcullm::flash
