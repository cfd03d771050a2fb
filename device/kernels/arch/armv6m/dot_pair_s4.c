/* SPDX-License-Identifier: MIT */
#include "kernels/arch/armv6m/dot_pair.h"
#include "kernels/kernels.h"

void dot_pair_s4(int32_t acc[2], const uint8_t* rows, uint16_t row_bytes, const int16_t* x, uint16_t cols) {
  static int32_t y[DOT_WORDS_COLS];
  dot_pair(acc, rows, row_bytes, x, cols, 4, y, dot_prepare_s4, dot_words_s4);
}
