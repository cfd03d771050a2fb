/* SPDX-License-Identifier: MIT */
#ifndef ARMV6M_SCALE_H
#define ARMV6M_SCALE_H

#include <stdint.h>

/* acc * multiplier is high * 2^16 + low. Neither overflows: |high| <= 2^15 * (2^16 - 1), and low has room for
 * the half of a shift by 16. */
typedef struct {
  int32_t high;
  uint32_t low;
} scaled_t;

static inline scaled_t scale(int32_t acc, uint16_t multiplier) {
  const scaled_t product = {(acc >> 16) * (int32_t)multiplier, (uint32_t)(uint16_t)acc * multiplier};
  return product;
}

/* rsh of the product by 16, 24 or 32 bits; the last step of a shift by more than 16 rounds, those before cut
 * off. The sums stay within 32 bits: at most 2^15 * (2^16 - 1) + 2^16 - 2 + 2^15 = 2^31 - 1. */
static inline int32_t scaled_rsh(scaled_t product, uint8_t shift) {
  if (shift == 16) return product.high + (int32_t)((product.low + 0x8000u) >> 16);
  const int32_t cut = product.high + (int32_t)(product.low >> 16);
  return shift == 24 ? (cut + 0x80) >> 8 : (cut + 0x8000) >> 16;
}

#endif
