/* SPDX-License-Identifier: MIT */
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

enum { RESCALE_MAX = 31, FORGOTTEN = 4096 };

void attention_softmax(attention_head_t* head, uint8_t first) {
  const int32_t s = head->score;
  const int16_t m = (int16_t) - (-s >> 8);
  head->rescale = 0;
  if (first) {
    head->max = m;
    head->sum = 0;
  } else if (m > head->max) {
    /* beyond 31 bits nothing changes any more */
    const int32_t rise = (int32_t)m - head->max;
    head->rescale = rise > RESCALE_MAX ? RESCALE_MAX : (uint8_t)rise;
    head->sum >>= head->rescale;
    head->max = m;
  }
  const int32_t d = (int32_t)head->max * 256 - s;
  head->weight = 0;
  if (d < FORGOTTEN) head->weight = (uint16_t)rsh_s32(exp2_q15((uint8_t)d), (uint8_t)((d >> 8) + 3));
  head->sum += head->weight;
}
