/* SPDX-License-Identifier: MIT */
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

static int8_t centred(int32_t turned, int16_t centre) {
  return sat_s8(rsh_s32(turned - (int32_t)centre * 16384, 19));
}

void rotate_key_s8(int8_t* key, const int16_t* k, const int16_t* rotation, const int16_t* centre,
                   uint16_t n) {
  for (uint16_t i = 0; i < n; i = (uint16_t)(i + 2)) {
    int32_t u[2];
    rotate_pair(u, k + i, rotation[i], rotation[i + 1u]);
    key[i] = centred(u[0], centre[i]);
    key[i + 1u] = centred(u[1], centre[i + 1u]);
  }
}
