/* SPDX-License-Identifier: MIT */
#ifndef ARMV6M_DOT_PREPARE_H
#define ARMV6M_DOT_PREPARE_H

#include <stdint.h>

#include "kernels/arch/armv6m/dot_words.h"

/* y of words with `count` weights of `bits` bits; the columns that a last word has too many are 0. */
static inline int32_t dot_prepare(int32_t* y, const int16_t* x, uint16_t cols, uint8_t count, uint8_t bits) {
  uint32_t flipped = 0; /* sum of the x whose weights have their signs flipped */
  const int16_t* const whole = x + cols / count * count;
  for (; x != whole; x += count, y += count) {
    uint32_t before = 0;
#pragma GCC unroll 8
    for (uint8_t i = 0; i < count; i++) {
      const uint32_t now = (uint32_t)x[i];
      y[i] = (int32_t)(now - (before << bits));
      if (i != count - 1) flipped += now;
      before = now;
    }
  }
  uint32_t before = 0;
  for (uint8_t i = 0; cols % count != 0 && i < count; i++) {
    const uint32_t now = i < cols % count ? (uint32_t)x[i] : 0;
    y[i] = (int32_t)(now - (before << bits));
    if (i != count - 1) flipped += now;
    before = now;
  }
  return (int32_t)(flipped << (bits - 1));
}

#endif
