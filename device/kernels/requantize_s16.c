/* SPDX-License-Identifier: MIT */
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

int16_t requantize_s16(int32_t acc, uint16_t multiplier, uint8_t shift) {
  const int64_t y = rsh_s64((int64_t)acc * multiplier, shift);
  if (y > 32767) return 32767;
  return y < -32767 ? (int16_t)-32767 : (int16_t)y;
}
