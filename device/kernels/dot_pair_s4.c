/* SPDX-License-Identifier: MIT */
#include "kernels/kernels.h"

/* the two columns of a byte, as two's complement */
static inline int8_t even_column(uint8_t byte) { return (int8_t)((int8_t)(uint8_t)(byte << 4) >> 4); }
static inline int8_t odd_column(uint8_t byte) { return (int8_t)((int8_t)byte >> 4); }

static uint32_t dot(const uint8_t* restrict row, const int16_t* restrict x, uint16_t cols) {
  uint32_t sum = 0;
  const uint16_t pairs = cols / 2u;
  for (uint16_t c = 0; c < pairs; c++) {
    sum += (uint32_t)((int32_t)even_column(row[c]) * x[2u * c]);
    sum += (uint32_t)((int32_t)odd_column(row[c]) * x[2u * c + 1u]);
  }
  if (cols % 2u != 0) sum += (uint32_t)((int32_t)even_column(row[pairs]) * x[cols - 1u]);
  return sum;
}

void dot_pair_s4(int32_t acc[2], const uint8_t* rows, uint16_t row_bytes, const int16_t* x, uint16_t cols) {
  acc[0] = (int32_t)dot(rows, x, cols);
  acc[1] = (int32_t)dot(rows + row_bytes, x, cols);
}
