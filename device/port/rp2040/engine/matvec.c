/* SPDX-License-Identifier: MIT */
/* engine/matvec.h on two cores. The first blocks of a matrix stand in SRAM as far as there was room (kept.c);
 * while the cores multiply these, the blocks behind them come from the flash by DMA (stream.c). What neither
 * has room for is read from the flash by the second core, from the end of the matrix on. */
#include "engine/matvec.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernels/arch/armv6m/dot_words.h"
#include "port/rp2/registers.h"
#include "port/rp2/second_core.h"
#include "port/rp2040/engine/kept.h"
#include "port/rp2040/engine/stream.h"
#include "proto/image.h"

enum { GROUP = 8 }; /* most blocks at a stretch */

static struct {
  const matvec_t* job;
  /* the first block of the matrix, were it all in SRAM, in the copy, in the flash */
  const uint8_t *kept_rows, *copied_rows, *flash_rows;
  uint32_t row_bytes;
  uint16_t kept, copied;        /* ends of the blocks in SRAM, and in the copy */
  volatile uint16_t front, end; /* blocks that nobody has taken yet */
  uint32_t excess;              /* of the sums, where x was prepared as a whole */
} shared;

/* Takes blocks, fewer and fewer as they run out, so that both cores finish at the same time; none across a
 * border. The second core begins with what has to be read from the flash. Returns their count, 0: all are
 * taken. */
static uint16_t take(uint16_t* first, uint8_t core) {
  while (REGISTER(SIO_SPINLOCK) == 0) continue;
  const uint16_t front = shared.front, end = shared.end;
  const uint16_t left = (uint16_t)(end - front);
  uint16_t n = left >= 4 * GROUP ? (uint16_t)GROUP : (uint16_t)((left + 3u) / 4u);
  if (core == 1 && end > shared.copied && front < end) {
    if (end < shared.copied + n) n = (uint16_t)(end - shared.copied);
    *first = (uint16_t)(end - n);
    shared.end = (uint16_t)(end - n);
  } else {
    const uint16_t border = front < shared.kept ? shared.kept : shared.copied;
    if (front < border && front + n > border) n = (uint16_t)(border - front);
    *first = front;
    shared.front = (uint16_t)(front + n);
  }
  REGISTER(SIO_SPINLOCK) = 1;
  return n;
}

/* Where n blocks from the first one on stand, and do so now. */
static const uint8_t* rows_of(uint16_t first, uint16_t n) {
  const uint32_t block_bytes = 2u * shared.row_bytes + 4u;
  if (first < shared.kept) return shared.kept_rows + first * block_bytes;
  if (first >= shared.copied) return shared.flash_rows + first * block_bytes;
  const uint8_t* const rows = shared.copied_rows + (first - shared.kept) * block_bytes;
  stream_wait(rows + n * block_bytes);
  return rows;
}

/* x prepared: one for both cores where it fits, else each core's own for a part */
static int32_t prepared[2][DOT_WORDS_COLS];

static uint32_t prepare(int32_t* y, const int16_t* x, uint16_t cols) {
  return (uint32_t)(shared.job->bits == 4 ? dot_prepare_s4(y, x, cols) : dot_prepare_s8(y, x, cols));
}

/* flipped: the weights are kept.c's */
static void multiply(int32_t* acc, const uint8_t* rows, const int32_t* y, uint16_t cols, uint16_t blocks,
                     bool flipped) {
  const uint8_t bits = shared.job->bits;
  const dot_words_t shape = {((uint32_t)cols * bits + 31u) / 32u, shared.row_bytes, blocks};
  if (bits == 4) {
    (flipped ? dot_flipped_s4 : dot_words_s4)(acc, rows, y, &shape);
  } else {
    (flipped ? dot_flipped_s8 : dot_words_s8)(acc, rows, y, &shape);
  }
}

/* The sums of up to GROUP blocks of rows that are longer than what is prepared at once. */
static void multiply_long(int32_t* acc, const uint8_t* rows, int32_t* y, uint16_t blocks, bool flipped) {
  const matvec_t* const job = shared.job;
  for (uint16_t first = 0; first < job->cols; first = (uint16_t)(first + DOT_WORDS_COLS)) {
    const uint16_t left = (uint16_t)(job->cols - first);
    const uint16_t n = left < DOT_WORDS_COLS ? left : (uint16_t)DOT_WORDS_COLS;
    const uint32_t excess = prepare(y, job->x + first, n);
    multiply(acc, rows + (uint32_t)first * job->bits / 8u, y, n, blocks, flipped);
    for (uint16_t i = 0; i < 2 * blocks; i++) acc[i] = (int32_t)((uint32_t)acc[i] - excess);
  }
}

/* n blocks from the first one on, on whichever core. */
static void multiply_blocks(uint16_t first, uint16_t n, uint8_t core) {
  const matvec_t* const job = shared.job;
  const uint32_t block_bytes = 2u * shared.row_bytes + 4u;
  const uint8_t* rows = rows_of(first, n);
  int32_t acc[2 * GROUP];
  for (uint16_t i = 0; i < 2 * n; i++) acc[i] = (int32_t)(0u - shared.excess);
  if (job->cols <= DOT_WORDS_COLS) {
    multiply(acc, rows, prepared[0], job->cols, n, first < shared.kept);
  } else {
    multiply_long(acc, rows, prepared[core], n, first < shared.kept);
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
  const uint32_t block_bytes = 2u * shared.row_bytes + 4u;
  const uint16_t in_flash = (uint16_t)(job->blocks - shared.kept);
  const uint16_t copied =
      in_flash * block_bytes <= STREAM_BYTES ? in_flash : (uint16_t)(STREAM_BYTES / block_bytes);
  shared.copied = (uint16_t)(shared.kept + copied);
  if (copied != 0) {
    shared.copied_rows = stream_open(shared.flash_rows + shared.kept * block_bytes, copied * block_bytes);
  }
  shared.front = 0;
  shared.end = job->blocks;
  shared.excess = job->cols <= DOT_WORDS_COLS ? prepare(prepared[0], job->x, job->cols) : 0;
  second_core_start(matvec_second_core);
  matvec_share(0);
  second_core_wait();
  tape->at += job->blocks * block_bytes;
}
