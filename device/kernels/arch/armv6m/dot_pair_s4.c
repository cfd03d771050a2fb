/* SPDX-License-Identifier: MIT */
#include "kernels/arch/armv6m/dot_words.h"
#include "kernels/kernels.h"

/* For a single block; where many share x, y is prepared once for all (port/rp2/matvec.c). */
void dot_pair_s4(int32_t acc[2], const uint8_t* rows, uint16_t row_bytes, const int16_t* x, uint16_t cols) {
  static int32_t y[DOT_WORDS_COLS];
  acc[0] = acc[1] = 0;
  for (uint16_t first = 0; first < cols; first = (uint16_t)(first + DOT_WORDS_COLS)) {
    const uint16_t left = (uint16_t)(cols - first),
                   n = left < DOT_WORDS_COLS ? left : (uint16_t)DOT_WORDS_COLS;
    const uint32_t excess = (uint32_t)dot_prepare_s4(y, x + first, n);
    const dot_words_t shape = {(n * 4u + 31u) / 32u, row_bytes, 1};
    dot_words_s4(acc, rows + first * 4u / 8u, y, &shape);
    acc[0] = (int32_t)((uint32_t)acc[0] - excess);
    acc[1] = (int32_t)((uint32_t)acc[1] - excess);
  }
}
