/* SPDX-License-Identifier: MIT */
#include "kernels/kernels.h"
#include "proto/bytes.h"
#include "proto/crc32.h"

uint32_t crc32_s32(uint32_t crc, const int32_t* v, uint16_t n) {
  uint8_t bytes[4];
  for (uint16_t i = 0; i < n; i++) {
    mcl_put_u32(bytes, (uint32_t)v[i]);
    crc = mcl_crc32(crc, bytes, sizeof bytes);
  }
  return crc;
}
