/* SPDX-License-Identifier: MIT */
#include "kernels/arch/arm_dsp/dsp.h"
#include "kernels/kernels.h"

void attention_value_s8(int32_t* restrict sums, const int8_t* restrict value, uint16_t n,
                        const attention_head_t* head) {
  const int32_t weight = head->weight; /* at most 4096: a lower half */
  if (head->rescale != 0) {
    for (uint16_t j = 0; j < n; j++) sums[j] >>= head->rescale;
  }
  const int8_t* const fours = value + (n & ~3u);
  for (; value != fours; value += 4, sums += 4) {
    const uint32_t values = word_at(value);
    const pair_t even = even_bytes(values), odd = odd_bytes(values);
    sums[0] = __smlabb(even, weight, sums[0]);
    sums[1] = __smlabb(odd, weight, sums[1]);
    sums[2] = __smlatb(even, weight, sums[2]);
    sums[3] = __smlatb(odd, weight, sums[3]);
  }
  for (uint16_t j = 0; j < (n & 3u); j++) sums[j] = __smlabb(value[j], weight, sums[j]);
}
