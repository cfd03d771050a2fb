/* SPDX-License-Identifier: MIT */
/* What the compiler calls for copies and initial values, by words where both ends allow it. Compiled with
 * loops left as loops, or these would call themselves. */
#include <stddef.h>
#include <stdint.h>

#define LOOPS __attribute__((used, optimize("no-tree-loop-distribute-patterns")))

void* memcpy(void* restrict to, const void* restrict from, size_t n);
void* memset(void* to, int value, size_t n);

LOOPS void* memcpy(void* restrict to, const void* restrict from, size_t n) {
  uint8_t* t = to;
  const uint8_t* f = from;
  if ((((uintptr_t)t | (uintptr_t)f) & 3u) == 0) {
    for (; n >= 4; n -= 4, t += 4, f += 4) *(uint32_t*)(void*)t = *(const uint32_t*)(const void*)f;
  }
  while (n-- != 0) *t++ = *f++;
  return to;
}

LOOPS void* memset(void* to, int value, size_t n) {
  uint8_t* t = to;
  if (((uintptr_t)t & 3u) == 0) {
    const uint32_t word = (uint8_t)value * 0x01010101u;
    for (; n >= 4; n -= 4, t += 4) *(uint32_t*)(void*)t = word;
  }
  while (n-- != 0) *t++ = (uint8_t)value;
  return to;
}
