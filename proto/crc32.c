/* SPDX-License-Identifier: MIT */
#include "crc32.h"

#include "rom.h"

/* one entry per half byte: 64 bytes, which even the smallest board can spare */
static MCL_ROM uint32_t table[16] = {
    0x00000000u, 0x1DB71064u, 0x3B6E20C8u, 0x26D930ACu, 0x76DC4190u, 0x6B6B51F4u, 0x4DB26158u, 0x5005713Cu,
    0xEDB88320u, 0xF00F9344u, 0xD6D6A3E8u, 0xCB61B38Cu, 0x9B64C2B0u, 0x86D3D2D4u, 0xA00AE278u, 0xBDBDF21Cu,
};

static uint32_t shift_half_byte(uint32_t crc) { return table[crc & 15u] ^ crc >> 4; }

uint32_t mcl_crc32(uint32_t crc, const void* data, size_t n) {
  const uint8_t* bytes = data;
  crc = ~crc;
  for (size_t i = 0; i < n; i++) {
    crc = shift_half_byte(shift_half_byte(crc ^ bytes[i]));
  }
  return ~crc;
}
