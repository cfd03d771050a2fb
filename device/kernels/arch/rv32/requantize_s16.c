/* SPDX-License-Identifier: MIT */
#include "kernels/arch/rv32/requantize.h"
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

enum { INT32_FROM = 16 }; /* a shift from which 48 bits come out as 32 */

int16_t requantize_s16(int32_t acc, uint16_t multiplier, uint8_t shift) {
  if (shift >= INT32_FROM) return sat_s16(scaled(acc, multiplier, shift));
  const int64_t y = rsh_s64((int64_t)acc * multiplier, shift);
  return y > 32767 ? (int16_t)32767 : y < -32767 ? (int16_t)-32767 : (int16_t)y;
}
