/* SPDX-License-Identifier: MIT */
#include "kernels/arch/arm_dsp/dsp.h"
#include "kernels/kernels.h"

int32_t attention_score_s8(const int16_t* q, const int8_t* key, uint16_t n) {
  int32_t sum = 0;
  const int8_t* const fours = key + (n & ~3u);
  for (; key != fours; key += 4, q += 4) {
    const uint32_t low = word_at(q), high = word_at(q + 2), keys = word_at(key);
    sum = __smlad(even_bytes(keys), lower_halves(low, high), sum);
    sum = __smlad(odd_bytes(keys), upper_halves(low, high), sum);
  }
  for (uint16_t j = 0; j < (n & 3u); j++) sum = __smlabb(q[j], key[j], sum);
  return sum;
}
