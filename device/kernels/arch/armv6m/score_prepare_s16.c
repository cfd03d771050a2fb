/* SPDX-License-Identifier: MIT */
#include "kernels/arch/armv6m/attention_words.h"

int32_t score_prepare_s16(int32_t* y, const int16_t* q, uint16_t n) {
  uint32_t flipped = 0;
  for (uint16_t i = 0; i < n; i = (uint16_t)(i + 2)) {
    const uint32_t low = (uint32_t)q[i];
    y[i] = (int32_t)low;
    y[i + 1] = (int32_t)((uint32_t)q[i + 1] - (low << 16));
    flipped += low;
  }
  return (int32_t)(flipped << 15);
}
