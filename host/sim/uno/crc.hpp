// SPDX-License-Identifier: MIT
// The two checksums of an SD card.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace mcullm::uno {

// Commands: x^7 + x^3 + 1, in bits 7..1 of the last byte, whose bit 0 is always 1.
constexpr auto crc7_byte(std::span<const std::uint8_t> bytes) -> std::uint8_t {
  unsigned crc = 0;
  for (const unsigned byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++) crc = (crc & 0x80 ? crc ^ 0x89 : crc) << 1;
    crc &= 0xff;
  }
  return static_cast<std::uint8_t>(crc | 1);
}

constexpr auto crc16_table = [] {
  std::array<std::uint16_t, 256> table{};
  for (unsigned i = 0; i < 256; i++) {
    unsigned crc = i << 8;
    for (int bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
    table[i] = static_cast<std::uint16_t>(crc);
  }
  return table;
}();

// Data blocks: x^16 + x^12 + x^5 + 1, from zero, high bit first.
constexpr auto crc16(std::span<const std::uint8_t> bytes) -> std::uint16_t {
  unsigned crc = 0;
  for (const unsigned byte : bytes) crc = (crc << 8 ^ crc16_table[(crc >> 8 ^ byte) & 0xff]) & 0xffff;
  return static_cast<std::uint16_t>(crc);
}

}  // namespace mcullm::uno
