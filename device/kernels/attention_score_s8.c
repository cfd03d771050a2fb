/* SPDX-License-Identifier: MIT */
#include "kernels/kernels.h"

int32_t attention_score_s8(const int16_t* restrict q, const int8_t* restrict key, uint16_t n) {
  uint32_t sum = 0;
  for (uint16_t j = 0; j < n; j++) sum += (uint32_t)((int32_t)q[j] * key[j]);
  return (int32_t)sum;
}
