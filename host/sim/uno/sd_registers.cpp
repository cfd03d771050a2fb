// SPDX-License-Identifier: MIT
// The two identity registers of a card (SD physical layer specification, chapter 5).
#include <algorithm>

#include "sim/uno/crc.hpp"
#include "sim/uno/sd_card.hpp"

namespace mcullm::uno {

namespace {

using Register = std::array<std::uint8_t, 16>;

// Writes `value` into bits [low, low + width) of the register, whose bit 127 is the first on the wire.
void put_bits(Register& bytes, unsigned low, unsigned width, std::uint64_t value) {
  for (unsigned i = 0; i < width; i++) {
    const unsigned bit = low + i;
    const auto mask = static_cast<std::uint8_t>(1u << bit % 8);
    if (value >> i & 1) bytes[15 - bit / 8] |= mask;
  }
}

void seal(Register& bytes) { bytes[15] = crc7_byte(std::span(bytes).first(15)); }

}  // namespace

auto csd_register(bool high_capacity, std::uint32_t blocks) -> Register {
  Register csd{};
  put_bits(csd, 96, 8, 0x32);    // 25 MHz
  put_bits(csd, 84, 12, 0x5b5);  // command classes
  put_bits(csd, 80, 4, 9);       // read blocks of 512 bytes
  put_bits(csd, 22, 4, 9);       // written blocks of 512 bytes
  if (high_capacity) {
    put_bits(csd, 126, 2, 1);
    put_bits(csd, 112, 8, 0x0e);  // access time, fixed
    put_bits(csd, 48, 22, blocks / 1024 - 1);
  } else {
    unsigned multiplier = 0;
    while (multiplier < 7 && blocks >> (multiplier + 2) > 4096) multiplier++;
    put_bits(csd, 112, 8, 0x26);  // 1.5 ms
    put_bits(csd, 62, 12, std::min(4096u, blocks >> (multiplier + 2)) - 1);
    put_bits(csd, 47, 3, multiplier);
  }
  seal(csd);
  return csd;
}

auto cid_register() -> Register {
  Register cid{0x4d, 'M', 'C', 'S', 'I', 'M', 'S', 'D', 0x10, 0, 0, 0, 1, 0x01, 0x80, 0};
  seal(cid);
  return cid;
}

}  // namespace mcullm::uno
