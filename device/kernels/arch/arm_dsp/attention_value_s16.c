/* SPDX-License-Identifier: MIT */
#include "kernels/arch/arm_dsp/dsp.h"
#include "kernels/kernels.h"

enum { HALF = 1 << 7 }; /* of the 8 bits that go: a product has room for it */

void attention_value_s16(int32_t* restrict sums, const int16_t* restrict value, uint16_t n,
                         const attention_head_t* head) {
  const int32_t weight = head->weight;
  if (head->rescale != 0) {
    for (uint16_t j = 0; j < n; j++) sums[j] >>= head->rescale;
  }
  const int16_t* const twos = value + (n & ~1u);
  for (; value != twos; value += 2, sums += 2) {
    const int32_t values = (int32_t)word_at(value);
    sums[0] += __smlabb(values, weight, HALF) >> 8;
    sums[1] += __smlatb(values, weight, HALF) >> 8;
  }
  if ((n & 1u) != 0) sums[0] += __smlabb(*value, weight, HALF) >> 8;
}
