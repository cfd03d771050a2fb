/* SPDX-License-Identifier: MIT */
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

void rotate_s16(int16_t* v, const int16_t* rotation, uint16_t n) {
  for (uint16_t i = 0; i < n; i = (uint16_t)(i + 2)) {
    int32_t u[2];
    rotate_pair(u, v + i, rotation[i], rotation[i + 1u]);
    v[i] = sat_s16(rsh_s32(u[0], 14));
    v[i + 1u] = sat_s16(rsh_s32(u[1], 14));
  }
}
