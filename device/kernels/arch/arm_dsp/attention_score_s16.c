/* SPDX-License-Identifier: MIT */
#include "kernels/arch/arm_dsp/dsp.h"
#include "kernels/kernels.h"

int32_t attention_score_s16(const int16_t* q, const int16_t* key, uint16_t n) {
  int32_t sum = 0;
  const int16_t* const twos = key + (n & ~1u);
  for (; key != twos; key += 2, q += 2) sum = __smlad((pair_t)word_at(q), (pair_t)word_at(key), sum);
  if ((n & 1u) != 0) sum = __smlabb(*q, *key, sum);
  return sum;
}
