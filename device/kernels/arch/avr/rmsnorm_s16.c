/* SPDX-License-Identifier: MIT */
/* rmsnorm_s16 of kernels.h around the loops of rmsnorm.S. */
#include "kernels/arch/avr/rmsnorm.h"
#include "kernels/kernels.h"

void rmsnorm_s16(int16_t* y, const int32_t* x, uint16_t n, uint32_t numerator, uint64_t eps) {
  const int8_t e = (int8_t)(rmsnorm_bits(x, n) - 14);
  if (e == -14) {
    for (uint16_t i = 0; i < n; i++) y[i] = 0;
    return;
  }
  uint64_t sum;
  if (e > 0) {
    const uint8_t below = (uint8_t)(e - 1);
    sum = rmsnorm_scale_down(y, x, n, below / 8u, (uint8_t)(128u >> below % 8u));
    for (uint8_t i = 0; i < e; i++) eps >>= 2;
  } else {
    sum = rmsnorm_scale_up(y, x, n, (uint8_t)-e);
    for (int8_t i = e; i < 0; i++) eps <<= 2;
  }
  rmsnorm_multiply(y, n, numerator / isqrt_u64(sum + eps));
}
