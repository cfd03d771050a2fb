/* SPDX-License-Identifier: MIT */
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

enum { FRACTION_BITS = 40, FIRST_BITS = 31 }; /* of the reciprocal; and what one division gives of it */

/* floor(2^40 / sum): a division of 32 bits, the rest bit by bit */
static uint32_t reciprocal(uint32_t sum) {
  uint32_t quotient = ((uint32_t)1 << FIRST_BITS) / sum;
  uint32_t rest = ((uint32_t)1 << FIRST_BITS) - quotient * sum;
  for (uint8_t bit = FIRST_BITS; bit < FRACTION_BITS; bit++) {
    quotient <<= 1;
    rest <<= 1;
    if (rest >= sum) {
      rest -= sum;
      quotient++;
    }
  }
  return quotient;
}

/* rsh(a * b, 32) from products of halves */
static int32_t upper_word(int32_t a, uint32_t b) {
  const uint32_t a_low = (uint16_t)a, b_low = (uint16_t)b, b_high = b >> 16;
  const int32_t a_high = a >> 16;
  const uint32_t low = a_low * b_low, middle = a_low * b_high;
  const int32_t cross = a_high * (int32_t)b_low;
  /* bits 16 to 47 of the sum of the lower three products, and its bit 31 for rounding */
  const uint32_t carry = (low >> 16) + (middle & 0xFFFFu) + ((uint32_t)cross & 0xFFFFu);
  const int32_t upper =
      a_high * (int32_t)b_high + (int32_t)(middle >> 16) + (cross >> 16) + (int32_t)(carry >> 16);
  return upper + (int32_t)(carry >> 15 & 1u);
}

void attention_output_s16(int16_t* o, const int32_t* sums, uint16_t n, uint32_t sum) {
  const uint32_t factor = reciprocal(sum);
  for (uint16_t j = 0; j < n; j++) o[j] = sat_s16(upper_word(sums[j], factor));
}
