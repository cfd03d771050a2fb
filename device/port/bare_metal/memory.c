/* SPDX-License-Identifier: MIT */
/* What the compiler calls for copies and initial values. Compiled with loops left as loops, or these would
 * call themselves. */
#include <stddef.h>
#include <stdint.h>

void* memcpy(void* restrict to, const void* restrict from, size_t n);
void* memset(void* to, int value, size_t n);

__attribute__((optimize("no-tree-loop-distribute-patterns"))) void* memcpy(void* restrict to,
                                                                           const void* restrict from,
                                                                           size_t n) {
  uint8_t* t = to;
  const uint8_t* f = from;
  while (n-- != 0) *t++ = *f++;
  return to;
}

__attribute__((optimize("no-tree-loop-distribute-patterns"))) void* memset(void* to, int value, size_t n) {
  uint8_t* t = to;
  while (n-- != 0) *t++ = (uint8_t)value;
  return to;
}
