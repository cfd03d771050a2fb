/* SPDX-License-Identifier: MIT */
/* The DSP extension of Armv7E-M and Armv8-M Mainline (Armv8-M Architecture Reference Manual, DDI 0553, C2.4):
 * two products of int16 in one instruction. */
#ifndef ARM_DSP_H
#define ARM_DSP_H

#include <arm_acle.h>
#include <stdint.h>

/* Two int16 in a word: the first in the lower half. */
typedef int16x2_t pair_t;

/* bytes 0 and 2, or 1 and 3, as int16 */
static inline pair_t even_bytes(uint32_t word) { return __sxtb16((int8x4_t)word); }
static inline pair_t odd_bytes(uint32_t word) {
  pair_t halves;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(halves) : "r"(word));
  return halves;
}

/* the lower halves of two words, or the upper ones */
static inline pair_t lower_halves(uint32_t first, uint32_t second) {
  pair_t halves;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(halves) : "r"(first), "r"(second));
  return halves;
}
static inline pair_t upper_halves(uint32_t first, uint32_t second) {
  pair_t halves;
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(halves) : "r"(second), "r"(first));
  return halves;
}

/* The word at an address of any alignment: these cores load it in one instruction. */
static inline uint32_t word_at(const void* at) {
  uint32_t word;
  __builtin_memcpy(&word, at, sizeof word);
  return word;
}

/* Two words from `at`, which moves on behind them. */
static inline uint64_t next_words(const uint32_t** at) {
  uint64_t words;
  __asm__("ldrd %Q0, %R0, [%1], #8" : "=r"(words), "+r"(*at) : : "memory");
  return words;
}

#endif
