/* SPDX-License-Identifier: MIT */
#ifndef ARM_DSP_SCALE_H
#define ARM_DSP_SCALE_H

#include <stdint.h>

/* rsh(acc * multiplier, shift) modulo 2^32 for a shift of 8 to 32: the half is added before, which 64 bits
 * have room for, and the core's shifts by 32 give 0, as C's do not. */
static inline int32_t scale(int32_t acc, uint16_t multiplier, uint8_t shift) {
  uint32_t low = (uint32_t)1 << (shift - 1u), high = 0;
  __asm__("smlal %0, %1, %2, %3" : "+r"(low), "+r"(high) : "r"(acc), "r"((uint32_t)multiplier));
  __asm__("lsr %0, %0, %1" : "+r"(low) : "r"((uint32_t)shift));
  __asm__("lsl %0, %0, %1" : "+r"(high) : "r"(32u - shift));
  return (int32_t)(low | high);
}

#endif
