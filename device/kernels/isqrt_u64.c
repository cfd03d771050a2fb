/* SPDX-License-Identifier: MIT */
#include "kernels/kernels.h"

uint32_t isqrt_u64(uint64_t v) {
  uint64_t root = 0;
  uint64_t bit = (uint64_t)1 << 62;
  while (bit > v) bit >>= 2;
  for (; bit != 0; bit >>= 2) {
    if (v >= root + bit) {
      v -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  return (uint32_t)root;
}
