/* SPDX-License-Identifier: MIT */
#include "kernels/kernels.h"
#include "proto/bytes.h"

int32_t matmul_cell_s16(const uint8_t* a, const uint8_t* b, uint16_t k, uint16_t stride) {
  const uint32_t step = 2u * (uint32_t)stride;
  uint32_t sum = 0;
  for (uint16_t i = 0; i < k; i++) {
    sum += (uint32_t)((int32_t)(int8_t)a[i] * (int16_t)mcl_get_u16(b));
    b += step;
  }
  return (int32_t)sum;
}
