/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include "kernels/arch/armv6m/attention_words.h"
#include "kernels/kernels.h"

void attention_value_s8(int32_t* sums, const int8_t* value, uint16_t n, const attention_head_t* head) {
  const records_t one = {4, 1};
  const bool by_words = n % 4u == 0 && ((uintptr_t)value & 3u) == 0;
  const uint16_t weight = head->weight;
  for (uint16_t j = 0; head->rescale != 0 && j < n; j++) sums[j] >>= head->rescale;
  if (by_words) value_words_s8(sums, (const uint8_t*)value, &weight, &one, weight, n / 4u);
  for (uint16_t j = 0; !by_words && j < n; j++) sums[j] += (int32_t)weight * value[j];
}
