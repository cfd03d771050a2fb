/* SPDX-License-Identifier: MIT */
#include "kernels/kernels.h"

int32_t matmul_cell_s8(const uint8_t* a, const uint8_t* b, uint16_t k, uint16_t stride) {
  uint32_t sum = 0;
  for (uint16_t i = 0; i < k; i++) {
    sum += (uint32_t)((int16_t)(int8_t)a[i] * (int16_t)(int8_t)*b);
    b += stride;
  }
  return (int32_t)sum;
}
