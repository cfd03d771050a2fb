/* SPDX-License-Identifier: MIT */
/* Four columns of both rows: their weights are widened as columns (0, 2) and (1, 3), and x is packed alike,
 * once for both. Sums wrap at 2^32, as they may. */
#include "kernels/arch/arm_dsp/dsp.h"
#include "kernels/kernels.h"

typedef struct {
  int32_t first, second;
} sums_t;

static inline sums_t add_four(sums_t sums, uint32_t first, uint32_t second, uint64_t x) {
  const pair_t even = lower_halves((uint32_t)x, (uint32_t)(x >> 32));
  const pair_t odd = upper_halves((uint32_t)x, (uint32_t)(x >> 32));
  sums.first = __smlad(even_bytes(first), even, sums.first);
  sums.second = __smlad(even_bytes(second), even, sums.second);
  sums.first = __smlad(odd_bytes(first), odd, sums.first);
  sums.second = __smlad(odd_bytes(second), odd, sums.second);
  return sums;
}

void dot_pair_s8(int32_t acc[2], const uint8_t* rows, uint16_t row_bytes, const int16_t* x, uint16_t cols) {
  const uint32_t* first = (const uint32_t*)(const void*)rows;
  const uint32_t* second = (const uint32_t*)(const void*)(rows + row_bytes);
  const uint32_t* at = (const uint32_t*)(const void*)x;
  const uint32_t* const eights = at + (cols & ~7u) / 2u;
  sums_t sums = {0, 0};
  while (at != eights) {
    const uint64_t a = next_words(&first), b = next_words(&second);
    sums = add_four(sums, (uint32_t)a, (uint32_t)b, next_words(&at));
    sums = add_four(sums, (uint32_t)(a >> 32), (uint32_t)(b >> 32), next_words(&at));
  }
  if ((cols & 4u) != 0) sums = add_four(sums, *first++, *second++, next_words(&at));
  const int8_t* const a = (const int8_t*)(const void*)first;
  const int8_t* const b = (const int8_t*)(const void*)second;
  const int16_t* const rest = (const int16_t*)(const void*)at;
  for (uint16_t c = 0; c < (cols & 3u); c++) {
    sums.first = (int32_t)((uint32_t)sums.first + (uint32_t)(a[c] * rest[c]));
    sums.second = (int32_t)((uint32_t)sums.second + (uint32_t)(b[c] * rest[c]));
  }
  acc[0] = sums.first;
  acc[1] = sums.second;
}
