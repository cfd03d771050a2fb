/* SPDX-License-Identifier: MIT */
/* The rounding and saturating functions of ARITHMETIC.md section 1. */
#ifndef KERNELS_ARITHMETIC_H
#define KERNELS_ARITHMETIC_H

#include <stdint.h>

/* does not compile where a right shift of a negative number is anything but division rounding down */
enum { RIGHT_SHIFT_ROUNDS_DOWN = 1 / ((-3 >> 1) == -2) };

static inline int64_t rsh_s64(int64_t v, uint8_t s) { return s == 0 ? v : (v >> s) + ((v >> (s - 1)) & 1); }

#ifdef __AVR__
/* arch/avr/arithmetic.S: shifts by a loop of bits, and so often, are slow and long */
int32_t rsh_s32(int32_t v, uint8_t s);
int8_t sat_s8(int32_t v);
int16_t sat_s16(int32_t v);
#else
/* floor((v + 2^(s-1)) / 2^s), for s < 32; the half is the last bit shifted out, so that no sum overflows. */
static inline int32_t rsh_s32(int32_t v, uint8_t s) { return s == 0 ? v : (v >> s) + ((v >> (s - 1)) & 1); }

static inline int8_t sat_s8(int32_t v) {
  if (v > 127) return 127;
  return v < -127 ? (int8_t)-127 : (int8_t)v;
}

static inline int16_t sat_s16(int32_t v) {
  if (v > 32767) return 32767;
  return v < -32767 ? (int16_t)-32767 : (int16_t)v;
}
#endif

/* The int32 congruent to a + b. */
static inline int32_t add_wrap_s32(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }

#endif
