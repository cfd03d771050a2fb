/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "engine/tape.h"
#include "hal/hal.h"
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"
#include "proto/bytes.h"
#include "proto/image.h"

bool tape_open(tape_t* tape) {
  tape->image = hal_store_map();
  tape->at = 0;
  return tape->image != NULL;
}

bool tape_failed(const tape_t* tape) { return tape->image == NULL; }

void tape_seek(tape_t* tape, uint32_t offset) { tape->at = offset; }

void tape_read(tape_t* tape, void* to, uint16_t n) {
  for (uint16_t i = 0; i < n; i++) ((uint8_t*)to)[i] = tape->image[tape->at++];
}

static uint16_t next_u16(tape_t* tape) {
  const uint16_t v = mcl_get_u16(tape->image + tape->at);
  tape->at += 2;
  return v;
}

void tape_s16(tape_t* tape, int16_t* to, uint16_t n) {
  for (uint16_t i = 0; i < n; i++) to[i] = (int16_t)next_u16(tape);
}

/* Gains stand at even offsets (IMAGE.md section 3). */
void tape_gains(tape_t* tape, int16_t* a, uint16_t n, uint8_t shift) {
  const int16_t* gain = (const int16_t*)(const void*)(tape->image + tape->at);
  for (const int16_t* const end = a + n; a != end; a++, gain++) {
    *a = sat_s16(rsh_s32((int32_t)*a * *gain, shift));
  }
  tape->at += 2u * n;
}

void tape_pair(tape_t* tape, tape_pair_t* pair, const int16_t* x, uint16_t cols, uint8_t bits) {
  const uint16_t row_bytes = (uint16_t)mcl_row_bytes(cols, bits);
  const uint8_t* rows = tape->image + tape->at;
  if (bits == 4) {
    dot_pair_s4(pair->acc, rows, row_bytes, x, cols);
  } else {
    dot_pair_s8(pair->acc, rows, row_bytes, x, cols);
  }
  tape->at += 2 * (uint32_t)row_bytes;
  pair->multiplier[0] = next_u16(tape);
  pair->multiplier[1] = next_u16(tape);
}
