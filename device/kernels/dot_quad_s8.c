/* SPDX-License-Identifier: MIT */
#include "kernels/kernels.h"

enum { MULTIPLIERS_BYTES = 4 };

void dot_quad_s8(int32_t acc[4], const uint8_t* blocks, uint16_t row_bytes, const int16_t* x, uint16_t cols) {
  dot_pair_s8(acc, blocks, row_bytes, x, cols);
  dot_pair_s8(acc + 2, blocks + 2u * row_bytes + MULTIPLIERS_BYTES, row_bytes, x, cols);
}
