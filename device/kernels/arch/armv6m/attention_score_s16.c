/* SPDX-License-Identifier: MIT */
#include "kernels/arch/armv6m/attention_words.h"
#include "kernels/kernels.h"

enum { MOST = 128 };

/* A single key. Whole words of it in one piece, if they stand where words do. */
int32_t attention_score_s16(const int16_t* q, const int16_t* key, uint16_t n) {
  const records_t one = {4, 1};
  int32_t sum = 0, y[MOST];
  if (n % 4u == 0 && n <= MOST && ((uintptr_t)key & 3u) == 0) {
    const uint32_t excess = (uint32_t)score_prepare_s16(y, q, n);
    for (uint16_t j = 0; j < n; j = (uint16_t)(j + 4))
      score_words_s16(&sum, (const uint8_t*)(key + j), y + j, &one);
    return (int32_t)((uint32_t)sum - excess);
  }
  for (uint16_t j = 0; j < n; j++) sum = (int32_t)((uint32_t)sum + (uint32_t)((int32_t)q[j] * key[j]));
  return sum;
}
