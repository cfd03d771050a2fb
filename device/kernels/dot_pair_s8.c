/* SPDX-License-Identifier: MIT */
#include "kernels/kernels.h"

void dot_pair_s8(int32_t acc[2], const uint8_t* rows, uint16_t row_bytes, const int16_t* restrict x,
                 uint16_t cols) {
  const int8_t* restrict first = (const int8_t*)rows;
  const int8_t* restrict second = first + row_bytes;
  /* unsigned sums: a malformed row may wrap, and wrapping is defined */
  uint32_t sum0 = 0, sum1 = 0;
  for (uint16_t c = 0; c < cols; c++) {
    sum0 += (uint32_t)((int32_t)first[c] * x[c]);
    sum1 += (uint32_t)((int32_t)second[c] * x[c]);
  }
  acc[0] = (int32_t)sum0;
  acc[1] = (int32_t)sum1;
}
