/* SPDX-License-Identifier: MIT */
/* Eight columns of a row are a word. Its high nibbles are the odd columns and, with the low ones moved up,
 * the even ones: bytes that hold 16 times a weight. Their 64-bit sums are divided by 16 at the end, exactly.
 */
#include "kernels/arch/arm_dsp/dsp.h"
#include "kernels/kernels.h"

enum { HIGH_NIBBLES = (int32_t)0xF0F0F0F0 };

/* x of columns (0, 4), (2, 6), (1, 5), (3, 7), as the bytes come */
typedef struct {
  pair_t c04, c26, c15, c37;
} columns_t;

static inline columns_t pack(const uint32_t** at) {
  const uint64_t a = next_words(at), b = next_words(at);
  const uint32_t x01 = (uint32_t)a, x23 = (uint32_t)(a >> 32), x45 = (uint32_t)b, x67 = (uint32_t)(b >> 32);
  return (columns_t){lower_halves(x01, x45), lower_halves(x23, x67), upper_halves(x01, x45),
                     upper_halves(x23, x67)};
}

static inline int64_t add_eight(int64_t sum, uint32_t word, const columns_t* x) {
  const uint32_t even = word << 4 & (uint32_t)HIGH_NIBBLES, odd = word & (uint32_t)HIGH_NIBBLES;
  sum = __smlald(even_bytes(even), x->c04, sum);
  sum = __smlald(odd_bytes(even), x->c26, sum);
  sum = __smlald(even_bytes(odd), x->c15, sum);
  return __smlald(odd_bytes(odd), x->c37, sum);
}

void dot_pair_s4(int32_t acc[2], const uint8_t* rows, uint16_t row_bytes, const int16_t* x, uint16_t cols) {
  const uint32_t* first = (const uint32_t*)(const void*)rows;
  const uint32_t* second = (const uint32_t*)(const void*)(rows + row_bytes);
  const uint32_t* at = (const uint32_t*)(const void*)x;
  const uint32_t* const end = at + (cols & ~7u) / 2u;
  int64_t sum0 = 0, sum1 = 0;
  while (at != end) {
    const columns_t packed = pack(&at);
    sum0 = add_eight(sum0, *first++, &packed);
    sum1 = add_eight(sum1, *second++, &packed);
  }
  const int16_t* const rest = (const int16_t*)(const void*)at;
  const uint16_t left = cols & 7u;
  /* the last word of a row is whole, whatever cols is */
  uint32_t a = left != 0 ? *first : 0, b = left != 0 ? *second : 0;
  for (uint16_t c = 0; c < left; c++) {
    sum0 += (int64_t)((int32_t)(a << 28) >> 24) * rest[c];
    sum1 += (int64_t)((int32_t)(b << 28) >> 24) * rest[c];
    a >>= 4;
    b >>= 4;
  }
  acc[0] = (int32_t)(sum0 >> 4);
  acc[1] = (int32_t)(sum1 >> 4);
}
