/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "kernels/arithmetic.h"

enum { MAX_COLS = 600, MAX_ROW_BYTES = 612, SHIFTED = 4 /* words by which a start may be off */ };

/* four rows as on the tape, with multipliers between the blocks; x and what lies behind it */
static uint32_t blocks[(4 * MAX_ROW_BYTES + 4) / 4 + SHIFTED];
static uint32_t vector[(MAX_COLS + 8) / 2 + SHIFTED];

typedef enum { RANDOM, EXTREME, LOWEST, SMALL, PATTERNS } pattern_t;

static int32_t weight(pattern_t pattern, uint32_t r) {
  switch (pattern) {
    case EXTREME:
      return (r & 256u) != 0 ? 127 : -127;
    case LOWEST:
      return -128;
    case SMALL:
      return (int32_t)(r % 5u) - 2;
    default:
      return (int32_t)(r >> 8);
  }
}

static int16_t activation(pattern_t pattern, uint32_t r) {
  switch (pattern) {
    case EXTREME:
      return (r & 256u) != 0 ? 32767 : -32767;
    case LOWEST:
      return INT16_MIN;
    case SMALL:
      return (int16_t)((int32_t)(r % 2001u) - 1000);
    default:
      return any_s16();
  }
}

static void fill(pattern_t pattern) {
  uint8_t* const weights = (uint8_t*)blocks;
  int16_t* const x = (int16_t*)vector;
  for (uint32_t i = 0; i < sizeof blocks; i++) weights[i] = (uint8_t)weight(pattern, random_u32());
  for (uint32_t i = 0; i < sizeof vector / sizeof *x; i++) x[i] = activation(pattern, random_u32());
}

static void check_dots(uint16_t cols, uint32_t off) {
  const uint8_t* const rows = (const uint8_t*)(blocks + off % SHIFTED);
  const int16_t* const x = (const int16_t*)(vector + off / 2u % 2u);
  const uint16_t narrow = (uint16_t)((cols + 7u) / 8u * 4u), wide = (uint16_t)((cols + 3u) / 4u * 4u);
  int32_t acc[4], plain[4];

  dot_pair_s8(acc, rows, wide, x, cols);
  plain_dot_pair_s8(plain, rows, wide, x, cols);
  expect(acc[0] == plain[0] && acc[1] == plain[1], "dot_pair_s8", cols);
  dot_pair_s4(acc, rows, narrow, x, cols);
  plain_dot_pair_s4(plain, rows, narrow, x, cols);
  expect(acc[0] == plain[0] && acc[1] == plain[1], "dot_pair_s4", cols);
  dot_quad_s8(acc, rows, wide, x, cols);
  plain_dot_quad_s8(plain, rows, wide, x, cols);
  expect(acc[0] == plain[0] && acc[1] == plain[1] && acc[2] == plain[2] && acc[3] == plain[3], "dot_quad_s8",
         cols);
}

static void check_requantize(void) {
  for (uint16_t i = 0; i < 20000; i++) {
    const int32_t acc = any_s32();
    const uint16_t multiplier = (uint16_t)((i & 15u) == 0 ? 65535u : random_u32() >> (random_u32() & 15u));
    for (uint8_t shift = 8; shift <= 32; shift = (uint8_t)(shift + 8)) {
      expect(requantize_s16(acc, multiplier, shift) == plain_requantize_s16(acc, multiplier, shift),
             "requantize_s16", shift);
      expect(requantize_s32(acc, multiplier, shift) == plain_requantize_s32(acc, multiplier, shift),
             "requantize_s32", shift);
    }
  }
}

static void check_cells(void) {
  const uint8_t* const bytes = (const uint8_t*)blocks;
  for (uint16_t k = 1; k <= 80; k++) {
    const uint8_t* const a = bytes + random_u32() % 8u;
    const uint8_t* const b = bytes + 100 + random_u32() % 8u;
    const uint16_t stride = (uint16_t)(1u + random_u32() % 12u);
    expect(matmul_cell_s8(a, b, k, stride) == plain_matmul_cell_s8(a, b, k, stride), "matmul_cell_s8", k);
    expect(matmul_cell_s16(a, b, k, stride) == plain_matmul_cell_s16(a, b, k, stride), "matmul_cell_s16", k);
  }
}

void check_matrices(void) {
  for (uint8_t pattern = 0; pattern < PATTERNS; pattern++) {
    fill((pattern_t)pattern);
    for (uint16_t cols = 1; cols <= MAX_COLS; cols++) {
      for (uint8_t off = 0; off < SHIFTED; off++) check_dots(cols, off);
    }
    check_cells();
  }
  check_requantize();
}
