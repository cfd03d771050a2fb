/* SPDX-License-Identifier: MIT */
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

static uint32_t magnitude(int32_t v) { return v < 0 ? 0u - (uint32_t)v : (uint32_t)v; }

static uint8_t bits(uint32_t v) {
  uint8_t n = 0;
  for (; v != 0; v >>= 1) n++;
  return n;
}

/* x brought to 14 bits and a sign */
static int16_t scaled(int32_t x, int8_t e) {
  return (int16_t)(e > 0 ? rsh_s32(x, (uint8_t)e) : x * ((int32_t)1 << -e));
}

/* rsh(h * inv, 16) by halves of inv: |h| <= 2^14 and inv <= 2^18, so 32 bits hold each product */
static int32_t normalised(int16_t h, uint32_t inv) {
  return (int32_t)h * (int32_t)(inv >> 16) + rsh_s32((int32_t)h * (int32_t)(inv & 0xFFFFu), 16);
}

void rmsnorm_s16(int16_t* y, const int32_t* x, uint16_t n, uint32_t numerator, uint64_t eps) {
  uint32_t u = 0;
  for (uint16_t i = 0; i < n; i++) {
    const uint32_t m = magnitude(x[i]);
    if (m > u) u = m;
  }
  if (u == 0) {
    for (uint16_t i = 0; i < n; i++) y[i] = 0;
    return;
  }
  const int8_t e = (int8_t)(bits(u) - 14);
  uint64_t sum = e > 0 ? eps >> (2 * e) : eps << (-2 * e);
  for (uint16_t i = 0; i < n; i++) {
    const int16_t h = scaled(x[i], e);
    sum += (uint32_t)((int32_t)h * h);
  }
  const uint32_t inv = numerator / isqrt_u64(sum);
  for (uint16_t i = 0; i < n; i++) {
    y[i] = sat_s16(normalised(scaled(x[i], e), inv));
  }
}
