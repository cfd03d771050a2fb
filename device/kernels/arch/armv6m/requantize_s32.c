/* SPDX-License-Identifier: MIT */
#include "kernels/arch/armv6m/scale.h"
#include "kernels/kernels.h"

int32_t requantize_s32(int32_t acc, uint16_t multiplier, uint8_t shift) {
  const scaled_t product = scale(acc, multiplier);
  if (shift != 8) return scaled_rsh(product, shift);
  return (int32_t)(((uint32_t)product.high << 8) + ((product.low + 0x80u) >> 8));
}
