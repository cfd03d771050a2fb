/* SPDX-License-Identifier: MIT */
/* What the compiler calls and its library for this core does not have, because an ESP8266 keeps it in its
 * ROM. */
#include <stdint.h>

uint32_t __udivsi3(uint32_t a, uint32_t b);
uint32_t __umodsi3(uint32_t a, uint32_t b);
int32_t __divsi3(int32_t a, int32_t b);
uint64_t __muldi3(uint64_t a, uint64_t b);
uint64_t __udivdi3(uint64_t a, uint64_t b);

/* Bit by bit, from the highest one that a has. Division by zero gives what it gives. */
static uint32_t divide(uint32_t a, uint32_t b, uint32_t* rest) {
  uint32_t quotient = 0, left = 0;
  for (int bit = 31; bit >= 0; bit--) {
    left = left << 1 | (a >> bit & 1u);
    if (left < b) continue;
    left -= b;
    quotient |= (uint32_t)1 << bit;
  }
  *rest = left;
  return quotient;
}

uint32_t __udivsi3(uint32_t a, uint32_t b) {
  uint32_t rest;
  return divide(a, b, &rest);
}

uint32_t __umodsi3(uint32_t a, uint32_t b) {
  uint32_t rest;
  (void)divide(a, b, &rest);
  return rest;
}

int32_t __divsi3(int32_t a, int32_t b) {
  uint32_t rest;
  const uint32_t magnitude =
      divide(a < 0 ? 0u - (uint32_t)a : (uint32_t)a, b < 0 ? 0u - (uint32_t)b : (uint32_t)b, &rest);
  return (int32_t)((a < 0) == (b < 0) ? magnitude : 0u - magnitude);
}

/* The upper half of a product of two words, from the products of their halves. */
static uint32_t multiply_high(uint32_t a, uint32_t b) {
  const uint32_t a0 = a & 0xFFFFu, a1 = a >> 16, b0 = b & 0xFFFFu, b1 = b >> 16;
  const uint32_t middle = a1 * b0 + (a0 * b0 >> 16);
  const uint32_t other = a0 * b1 + (middle & 0xFFFFu);
  return a1 * b1 + (middle >> 16) + (other >> 16);
}

uint64_t __muldi3(uint64_t a, uint64_t b) {
  const uint32_t a0 = (uint32_t)a, b0 = (uint32_t)b;
  const uint32_t high = multiply_high(a0, b0) + a0 * (uint32_t)(b >> 32) + (uint32_t)(a >> 32) * b0;
  return (uint64_t)high << 32 | a0 * b0;
}

uint64_t __udivdi3(uint64_t a, uint64_t b) {
  uint64_t quotient = 0, left = 0;
  for (int bit = 63; bit >= 0; bit--) {
    left = left << 1 | (a >> bit & 1u);
    if (left < b) continue;
    left -= b;
    quotient |= (uint64_t)1 << bit;
  }
  return quotient;
}
