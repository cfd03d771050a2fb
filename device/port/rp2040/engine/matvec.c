/* SPDX-License-Identifier: MIT */
/* engine/matvec.h on two cores: each takes blocks of the matrix from its own end until they meet. The first
 * blocks stand in SRAM as far as there was room (kept.c), the others in the flash. */
#include "engine/matvec.h"

#include <stddef.h>

#include "kernels/arch/armv6m/dot_words.h"
#include "port/rp2/registers.h"
#include "port/rp2/second_core.h"
#include "port/rp2040/engine/kept.h"
#include "proto/image.h"

enum { GROUP = 8 }; /* most blocks at a stretch */

static struct {
  const matvec_t* job;
  const uint8_t *kept_rows, *flash_rows; /* of the whole matrix, were it all there */
  uint32_t row_bytes;
  uint16_t kept;                /* blocks in SRAM */
  volatile uint16_t front, end; /* blocks that nobody has taken yet */
  uint32_t excess;              /* of the sums, where x was prepared as a whole */
} shared;

/* Takes blocks from the front or the end, fewer and fewer as they run out, so that both cores finish at the
 * same time; none across the border of SRAM. Returns their count, 0: all are taken. */
static uint16_t take(uint16_t* first, uint8_t core) {
  while (REGISTER(SIO_SPINLOCK) == 0) continue;
  const uint16_t front = shared.front, end = shared.end, kept = shared.kept;
  const uint16_t left = (uint16_t)(end - front);
  uint16_t n = left >= 4 * GROUP ? (uint16_t)GROUP : (uint16_t)((left + 3u) / 4u);
  if (core == 0) {
    if (front < kept && front + n > kept) n = (uint16_t)(kept - front);
    *first = front;
    shared.front = (uint16_t)(front + n);
  } else {
    if (end > kept && end < kept + n) n = (uint16_t)(end - kept);
    *first = (uint16_t)(end - n);
    shared.end = (uint16_t)(end - n);
  }
  REGISTER(SIO_SPINLOCK) = 1;
  return n;
}

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

/* n blocks from the first one on, on whichever core. */
static void multiply_blocks(uint16_t first, uint16_t n, uint8_t core) {
  const matvec_t* const job = shared.job;
  const uint32_t block_bytes = 2u * shared.row_bytes + 4u;
  const uint8_t* rows = (first < shared.kept ? shared.kept_rows : shared.flash_rows) + first * block_bytes;
  int32_t acc[2 * GROUP];
  for (uint16_t i = 0; i < 2 * n; i++) acc[i] = (int32_t)(0u - shared.excess);
  if (job->cols <= DOT_WORDS_COLS) {
    multiply(acc, rows, prepared[0], job->cols, n);
  } else {
    multiply_long(acc, rows, prepared[core], n);
  }
  for (uint16_t i = 0; i < n; i++, rows += block_bytes) {
    const uint16_t* const multipliers = (const uint16_t*)(const void*)(rows + 2u * shared.row_bytes);
    const tape_pair_t pair = {{acc[2 * i], acc[2 * i + 1]}, {multipliers[0], multipliers[1]}};
    job->emit(job, (uint16_t)(2u * (first + i)), &pair);
  }
}

static void matvec_share(uint8_t core) {
  uint16_t first;
  for (uint16_t n; (n = take(&first, core)) != 0;) multiply_blocks(first, n, core);
}

static void matvec_second_core(void) { matvec_share(1); }

void matvec(tape_t* tape, const matvec_t* job) {
  const kept_t* const kept = kept_find(tape->at);
  shared.job = job;
  shared.kept_rows = kept != NULL ? kept->rows : NULL;
  shared.kept = kept != NULL ? (uint16_t)kept->blocks : 0;
  shared.flash_rows = tape->image + tape->at;
  shared.row_bytes = mcl_row_bytes(job->cols, job->bits);
  shared.front = 0;
  shared.end = job->blocks;
  shared.excess = job->cols <= DOT_WORDS_COLS ? prepare(prepared[0], job->x, job->cols) : 0;
  second_core_start(matvec_second_core);
  matvec_share(0);
  second_core_wait();
  tape->at += job->blocks * (2u * shared.row_bytes + 4u);
}
