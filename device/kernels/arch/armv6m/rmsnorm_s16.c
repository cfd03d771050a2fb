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

/* y = x brought to 14 bits and a sign, by a shift to the right of e > 0 bits, or to the left; gives the sum
 * of the squares. */
static uint64_t scale_down(int16_t* y, const int32_t* x, uint16_t n, uint8_t e) {
  const uint8_t before_half = (uint8_t)(e - 1);
  uint64_t sum = 0;
  for (const int16_t* const end = y + n; y != end; x++, y++) {
    const int32_t h = ((*x >> before_half) + 1) >> 1;
    *y = (int16_t)h;
    sum += (uint32_t)(h * h);
  }
  return sum;
}

static uint64_t scale_up(int16_t* y, const int32_t* x, uint16_t n, uint8_t e) {
  uint64_t sum = 0;
  for (const int16_t* const end = y + n; y != end; x++, y++) {
    const int32_t h = *x * ((int32_t)1 << e);
    *y = (int16_t)h;
    sum += (uint32_t)(h * h);
  }
  return sum;
}

/* y = rsh(y * inv, 16) by halves of inv: |y| <= 2^14 and inv <= 2^18, so 32 bits hold each product */
static void normalise(int16_t* y, uint16_t n, uint32_t inv) {
  const int32_t high = (int32_t)(inv >> 16), low = (int32_t)(inv & 0xFFFFu);
  for (const int16_t* const end = y + n; y != end; y++) {
    const int32_t h = *y;
    *y = sat_s16(h * high + (((h * low >> 15) + 1) >> 1));
  }
}

void rmsnorm_s16(int16_t* y, const int32_t* x, uint16_t n, uint32_t numerator, uint64_t eps) {
  const uint32_t u = greatest_magnitude(x, n);
  if (u == 0) {
    for (uint16_t i = 0; i < n; i++) y[i] = 0;
    return;
  }
  const int8_t e = (int8_t)(bits(u) - 14);
  uint64_t sum = e > 0 ? eps >> (2 * e) : eps << (-2 * e);
  sum += e > 0 ? scale_down(y, x, n, (uint8_t)e) : scale_up(y, x, n, (uint8_t)-e);
  normalise(y, n, numerator / isqrt_u64(sum));
}
