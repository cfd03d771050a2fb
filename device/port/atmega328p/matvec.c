/* SPDX-License-Identifier: MIT */
#include "engine/matvec.h"

#include "port/atmega328p/card.h"
#include "port/atmega328p/stream.h"

void matvec(tape_t* tape, const matvec_t* job) {
  const bool short_rows = job->bits == 8 && job->cols < 256;
  const uint16_t pair_bytes = (uint16_t)(2u * ((job->cols + 3u) & ~3u) + 4u);
  uint16_t row = 0;
  for (uint16_t block = 0; block < job->blocks; block++, row = (uint16_t)(row + 2)) {
    tape_pair_t pair;
    if (short_rows && card_reader == CARD_TAPE) {
      stream_pair_s8(&pair, job->x, (uint8_t)job->cols);
      tape->at += pair_bytes;
    } else {
      tape_pair(tape, &pair, job->x, job->cols, job->bits);
    }
    job->emit(job, row, &pair);
  }
}
