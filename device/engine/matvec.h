/* SPDX-License-Identifier: MIT */
/* A matrix on the tape times a vector. A port may link its own matvec (matvec.c): the blocks are independent,
 * and `emit` of different blocks touches different elements. */
#ifndef ENGINE_MATVEC_H
#define ENGINE_MATVEC_H

#include <stdint.h>

#include "engine/tape.h"
#include "engine/trace.h"

typedef struct matvec matvec_t;

/* What the gate and up rows of a layer become. */
typedef struct {
  uint8_t gate_frac, hidden_shift;
  uint16_t layer;
  trace_t* trace;
} gate_up_t;

struct matvec {
  const int16_t* x; /* (cols) */
  uint16_t cols;
  uint16_t blocks;  /* pairs of rows, from where the tape stands */
  uint8_t bits;     /* of storage */
  uint8_t shift[2]; /* of the first and the second row of each block */
  /* takes rows `row` and row + 1 */
  void (*emit)(const matvec_t* job, uint16_t row, const tape_pair_t* pair);
  void* to;                 /* for emit */
  const gate_up_t* gate_up; /* for matvec_store_hidden */
};

void matvec(tape_t* tape, const matvec_t* job);

/* Bytes of a row on the tape; 16 bits hold those of every allowed shape. */
static inline uint16_t matvec_row_bytes(uint16_t cols, uint8_t bits) {
  return (uint16_t)(((bits == 4 ? (cols + 1u) / 2u : cols) + 3u) & ~3u);
}

/* What emit may be, `to` being a vector of rows (rounded up to even) elements; matvec alone calls it, so a
 * port may link its own of these together with its matvec. */
void matvec_store_s16(const matvec_t* job, uint16_t row, const tape_pair_t* pair); /* gemv16 */
void matvec_store_s32(const matvec_t* job, uint16_t row, const tape_pair_t* pair); /* gemv32 */
void matvec_add_s32(const matvec_t* job, uint16_t row, const tape_pair_t* pair);   /* to += gemv32 */
/* h of section 8, `to`: a block is gate row r and up row r, and gives one element. */
void matvec_store_hidden(const matvec_t* job, uint16_t row, const tape_pair_t* pair);

#endif
