/* SPDX-License-Identifier: MIT */
#include "kernels/arch/armv6m/scale.h"
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

int16_t requantize_s16(int32_t acc, uint16_t multiplier, uint8_t shift) {
  const scaled_t product = scale(acc, multiplier);
  if (shift != 8) return sat_s16(scaled_rsh(product, shift));
  /* high * 2^8 may leave 32 bits; where it does the result is at its limit anyway */
  if (product.high > 0x100000) return 32767;
  if (product.high < -0x100000) return -32767;
  return sat_s16(product.high * 256 + (int32_t)((product.low + 0x80u) >> 8));
}
