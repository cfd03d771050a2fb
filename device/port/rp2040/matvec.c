/* SPDX-License-Identifier: MIT */
/* engine/matvec.h on two cores: each takes blocks of the matrix from its own end until they meet. */
#include "engine/matvec.h"

#include "kernels/arch/armv6m/dot_words.h"
#include "port/rp2/second_core.h"
#include "proto/bytes.h"
#include "proto/image.h"

enum { GROUP = 8 }; /* blocks at a stretch */

static struct {
  const matvec_t* job;
  const uint8_t* rows; /* of the whole matrix */
  uint32_t row_bytes;
  uint16_t from, to; /* blocks of the second core */
  uint32_t excess;   /* of the sums, where x was prepared as a whole */
} shared;

/* x prepared: one for both cores where it fits, else each core's own for a part */
static int32_t prepared[2][DOT_WORDS_COLS];

static uint32_t prepare(int32_t* y, const int16_t* x, uint16_t cols) {
  return (uint32_t)(shared.job->bits == 4 ? dot_prepare_s4(y, x, cols) : dot_prepare_s8(y, x, cols));
}

static void multiply(int32_t* acc, const uint8_t* rows, const int32_t* y, uint16_t cols, uint16_t blocks) {
  const uint8_t bits = shared.job->bits;
  const dot_words_t shape = {((uint32_t)cols * bits + 31u) / 32u, shared.row_bytes, blocks};
  if (bits == 4) {
    dot_words_s4(acc, rows, y, &shape);
  } else {
    dot_words_s8(acc, rows, y, &shape);
  }
}

/* The sums of up to GROUP blocks of rows that are longer than what is prepared at once. */
static void multiply_long(int32_t* acc, const uint8_t* rows, int32_t* y, uint16_t blocks) {
  const matvec_t* const job = shared.job;
  for (uint16_t first = 0; first < job->cols; first = (uint16_t)(first + DOT_WORDS_COLS)) {
    const uint16_t left = (uint16_t)(job->cols - first);
    const uint16_t n = left < DOT_WORDS_COLS ? left : (uint16_t)DOT_WORDS_COLS;
    const uint32_t excess = prepare(y, job->x + first, n);
    multiply(acc, rows + (uint32_t)first * job->bits / 8u, y, n, blocks);
    for (uint16_t i = 0; i < 2 * blocks; i++) acc[i] = (int32_t)((uint32_t)acc[i] - excess);
  }
}

/* Blocks from..to-1, on whichever core. */
static void matvec_blocks(uint16_t from, uint16_t to, uint8_t core) {
  const matvec_t* const job = shared.job;
  const uint32_t block_bytes = 2u * shared.row_bytes + 4u;
  int32_t acc[2 * GROUP];
  for (uint16_t block = from; block < to;) {
    const uint16_t n = (uint16_t)(to - block) < GROUP ? (uint16_t)(to - block) : (uint16_t)GROUP;
    const uint8_t* rows = shared.rows + block * block_bytes;
    for (uint16_t i = 0; i < 2 * n; i++) acc[i] = (int32_t)(0u - shared.excess);
    if (job->cols <= DOT_WORDS_COLS) {
      multiply(acc, rows, prepared[0], job->cols, n);
    } else {
      multiply_long(acc, rows, prepared[core], n);
    }
    for (uint16_t i = 0; i < n; i++, block++, rows += block_bytes) {
      const uint8_t* const multipliers = rows + 2u * shared.row_bytes;
      const tape_pair_t pair = {{acc[2 * i], acc[2 * i + 1]},
                                {mcl_get_u16(multipliers), mcl_get_u16(multipliers + 2)}};
      job->emit(job, (uint16_t)(2u * block), &pair);
    }
  }
}

static void matvec_second_core(void) { matvec_blocks(shared.from, shared.to, 1); }

void matvec(tape_t* tape, const matvec_t* job) {
  shared.job = job;
  shared.rows = tape->image + tape->at;
  shared.row_bytes = mcl_row_bytes(job->cols, job->bits);
  shared.from = (uint16_t)(job->blocks / 2u);
  shared.to = job->blocks;
  shared.excess = job->cols <= DOT_WORDS_COLS ? prepare(prepared[0], job->x, job->cols) : 0;
  second_core_start(matvec_second_core);
  matvec_blocks(0, shared.from, 0);
  second_core_wait();
  tape->at += job->blocks * (2u * shared.row_bytes + 4u);
}
