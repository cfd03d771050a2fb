/* SPDX-License-Identifier: MIT */
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

void attention_output_s16(int16_t* o, const int32_t* sums, uint16_t n, uint32_t sum) {
  const uint32_t reciprocal = (uint32_t)(((uint64_t)1 << 40) / sum);
  for (uint16_t j = 0; j < n; j++) {
    o[j] = sat_s16((int32_t)rsh_s64((int64_t)sums[j] * reciprocal, 32));
  }
}
