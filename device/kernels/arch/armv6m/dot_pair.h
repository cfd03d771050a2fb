/* SPDX-License-Identifier: MIT */
#ifndef ARMV6M_DOT_PAIR_H
#define ARMV6M_DOT_PAIR_H

#include <stdint.h>

#include "kernels/arch/armv6m/dot_words.h"

typedef int32_t (*dot_prepare_fn)(int32_t* y, const int16_t* x, uint16_t cols);
typedef void (*dot_words_fn)(int32_t* acc, const uint8_t* rows, const int32_t* y, const dot_words_t* shape);

/* A single block; where many share x, y is prepared once for all (port/rp2040/engine/matvec.c). y
 * (DOT_WORDS_COLS). */
static inline void dot_pair(int32_t acc[2], const uint8_t* rows, uint16_t row_bytes, const int16_t* x,
                            uint16_t cols, uint8_t bits, int32_t* y, dot_prepare_fn prepare,
                            dot_words_fn words) {
  acc[0] = acc[1] = 0;
  for (uint16_t first = 0; first < cols; first = (uint16_t)(first + DOT_WORDS_COLS)) {
    const uint16_t left = (uint16_t)(cols - first),
                   n = left < DOT_WORDS_COLS ? left : (uint16_t)DOT_WORDS_COLS;
    const uint32_t excess = (uint32_t)prepare(y, x + first, n);
    const dot_words_t shape = {((uint32_t)n * bits + 31u) / 32u, row_bytes, 1};
    words(acc, rows + (uint32_t)first * bits / 8u, y, &shape);
    acc[0] = (int32_t)((uint32_t)acc[0] - excess);
    acc[1] = (int32_t)((uint32_t)acc[1] - excess);
  }
}

#endif
