/* SPDX-License-Identifier: MIT */
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

int8_t centre_key_s8(int32_t turned, int16_t centre) {
  return sat_s8(rsh_s32(turned - (int32_t)centre * 16384, 19));
}
