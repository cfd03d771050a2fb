/* SPDX-License-Identifier: MIT */
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

int32_t requantize_s32(int32_t acc, uint16_t multiplier, uint8_t shift) {
  return (int32_t)(uint32_t)(uint64_t)rsh_s64((int64_t)acc * multiplier, shift);
}
