/* SPDX-License-Identifier: MIT */
/* engine/matvec.h on two cores: each takes half of the blocks. */
#include "engine/wide/wide.h"
#include "port/rp2/second_core.h"
#include "proto/image.h"

static struct {
  const matvec_t* job;
  const uint8_t* rows;
  uint16_t half; /* the first block of the second core */
} shared;

static void matvec_second_core(void) {
  matvec_blocks(shared.job, shared.rows, shared.half, shared.job->blocks);
}

void matvec(tape_t* tape, const matvec_t* job) {
  shared.job = job;
  shared.rows = tape->image + tape->at;
  shared.half = (uint16_t)((job->blocks / 2u + 1u) & ~1u); /* pairs of blocks stay together */
  tape->at += job->blocks * (2u * mcl_row_bytes(job->cols, job->bits) + 4u);
  second_core_start(matvec_second_core);
  matvec_blocks(job, shared.rows, 0, shared.half);
  second_core_wait();
}
