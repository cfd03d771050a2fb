/* SPDX-License-Identifier: MIT */
/* On one core. */
#include "engine/wide/wide.h"
#include "proto/image.h"

void matvec(tape_t* tape, const matvec_t* job) {
  const uint8_t* const rows = tape->image + tape->at;
  tape->at += job->blocks * (2u * mcl_row_bytes(job->cols, job->bits) + 4u);
  matvec_blocks(job, rows, 0, job->blocks);
}
