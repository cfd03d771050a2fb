/* SPDX-License-Identifier: MIT */
#include "engine/matvec.h"

void matvec(tape_t* tape, const matvec_t* job) {
  for (uint16_t block = 0; block < job->blocks; block++) {
    tape_pair_t pair;
    tape_pair(tape, &pair, job->x, job->cols, job->bits);
    job->emit(job, (uint16_t)(2u * block), &pair);
  }
}
