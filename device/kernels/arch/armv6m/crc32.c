/* SPDX-License-Identifier: MIT */
/* proto/crc32.h and crc32_s32 with a table entry per byte, a word at a time. */
#include "proto/crc32.h"

#include "kernels/kernels.h"

/* The CRC-32 of each byte: polynomial 0xEDB88320, reflected. Made when it is first asked for: in flash it
 * would cost more to read than it saves. */
static uint32_t table[256];

static void make_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (uint8_t bit = 0; bit < 8; bit++) crc = (crc & 1u) != 0 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
    table[byte] = crc;
  }
}

static inline uint32_t take_word(uint32_t crc, uint32_t word) {
  crc ^= word;
  crc = table[crc & 255u] ^ crc >> 8;
  crc = table[crc & 255u] ^ crc >> 8;
  crc = table[crc & 255u] ^ crc >> 8;
  return table[crc & 255u] ^ crc >> 8;
}

uint32_t mcl_crc32(uint32_t crc, const void* data, size_t n) {
  const uint8_t* bytes = data;
  if (table[1] == 0) make_table();
  crc = ~crc;
  if (((uintptr_t)data & 3u) == 0) {
    for (; n >= 4; n -= 4, bytes += 4) crc = take_word(crc, *(const uint32_t*)(const void*)bytes);
  }
  for (; n != 0; n--) crc = table[(crc ^ *bytes++) & 255u] ^ crc >> 8;
  return ~crc;
}

uint32_t crc32_s32(uint32_t crc, const int32_t* v, uint16_t n) { return mcl_crc32(crc, v, 4u * (uint32_t)n); }
