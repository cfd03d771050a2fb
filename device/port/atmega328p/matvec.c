/* SPDX-License-Identifier: MIT */
#include "engine/matvec.h"

#include "port/atmega328p/card.h"
#include "port/atmega328p/stream.h"

/* Most blocks of a matrix lie within one block of the card: those need no looking after. */
void matvec(tape_t* tape, const matvec_t* job) {
  const int16_t* const x = job->x;
  const uint16_t cols = job->cols, blocks = job->blocks;
  const uint16_t pair_bytes = (uint16_t)(2u * ((cols + 3u) & ~3u) + 4u);
  const bool whole = job->bits == 8 && cols < 256;
  uint16_t row = 0;
  for (uint16_t block = 0; block < blocks; block++, row = (uint16_t)(row + 2)) {
    tape_pair_t pair;
    if (whole && card_reader == CARD_TAPE && pair_bytes <= card_left) {
      stream_pair_s8(&pair, x, (uint8_t)cols);
      card_left = (uint16_t)(card_left - pair_bytes);
      tape->at += pair_bytes;
    } else {
      tape_pair(tape, &pair, x, cols, job->bits);
    }
    job->emit(job, row, &pair);
  }
}
