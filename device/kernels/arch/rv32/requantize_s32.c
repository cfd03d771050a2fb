/* SPDX-License-Identifier: MIT */
#include "kernels/arch/rv32/requantize.h"
#include "kernels/kernels.h"

int32_t requantize_s32(int32_t acc, uint16_t multiplier, uint8_t shift) {
  return scaled(acc, multiplier, shift);
}
