/* SPDX-License-Identifier: MIT */
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

void attention_value_s16(int32_t* restrict sums, const int16_t* restrict value, uint16_t n,
                         const attention_head_t* head) {
  const int32_t weight = head->weight;
  if (head->rescale != 0) {
    for (uint16_t j = 0; j < n; j++) sums[j] >>= head->rescale;
  }
  for (uint16_t j = 0; j < n; j++) sums[j] += rsh_s32(weight * value[j], 8);
}
