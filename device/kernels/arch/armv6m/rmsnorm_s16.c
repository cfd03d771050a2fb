/* SPDX-License-Identifier: MIT */
/* As the plain kernel, with the scaled elements kept in y between the passes, and shifts chosen once for all.
 */
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

static uint32_t greatest_magnitude(const int32_t* x, uint16_t n) {
  uint32_t u = 0;
  for (uint16_t i = 0; i < n; i++) {
    const uint32_t m = x[i] < 0 ? 0u - (uint32_t)x[i] : (uint32_t)x[i];
    if (m > u) u = m;
  }
  return u;
}

static uint8_t bits(uint32_t v) {
  uint8_t n = 0;
  for (; v != 0; v >>= 1) n++;
  return n;
}

/* y = x brought to 14 bits and a sign; gives the sum of the squares. */
static uint64_t scale(int16_t* y, const int32_t* x, uint16_t n, int8_t e) {
  uint64_t sum = 0;
  for (uint16_t i = 0; i < n; i++) {
    const int32_t h = e > 0 ? ((x[i] >> (e - 1)) + 1) >> 1 : x[i] * ((int32_t)1 << -e);
    y[i] = (int16_t)h;
    sum += (uint32_t)(h * h);
  }
  return sum;
}

void rmsnorm_s16(int16_t* y, const int32_t* x, uint16_t n, uint32_t numerator, uint64_t eps) {
  const uint32_t u = greatest_magnitude(x, n);
  if (u == 0) {
    for (uint16_t i = 0; i < n; i++) y[i] = 0;
    return;
  }
  const int8_t e = (int8_t)(bits(u) - 14);
  const uint64_t sum = scale(y, x, n, e) + (e > 0 ? eps >> (2 * e) : eps << (-2 * e));
  const uint32_t inv = numerator / isqrt_u64(sum);
  const int32_t high = (int32_t)(inv >> 16);
  const uint32_t low = inv & 0xFFFFu;
  /* |h| <= 2^14 and inv <= 2^18: rsh(h * inv, 16) by halves of inv, 32 bits hold each product */
  for (uint16_t i = 0; i < n; i++) {
    const int32_t h = y[i];
    y[i] = sat_s16(h * high + ((((h * (int32_t)low) >> 15) + 1) >> 1));
  }
}
