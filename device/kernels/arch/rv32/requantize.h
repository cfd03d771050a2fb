/* SPDX-License-Identifier: MIT */
#ifndef RV32_REQUANTIZE_H
#define RV32_REQUANTIZE_H

#include <stdint.h>

/* rsh(acc * multiplier, shift) modulo 2^32 for a shift of 8 to 32, from the two halves of the product. */
static inline int32_t scaled(int32_t acc, uint16_t multiplier, uint8_t shift) {
  const int64_t product = (int64_t)acc * multiplier + ((int64_t)1 << 31 >> (32u - shift));
  const uint32_t low = (uint32_t)product, high = (uint32_t)((uint64_t)product >> 32);
  return (int32_t)(shift == 32 ? high : low >> shift | high << (32u - shift));
}

#endif
