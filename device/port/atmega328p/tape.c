/* SPDX-License-Identifier: MIT */
/* The tape is the card's stream. */
#include "engine/tape.h"

#include "engine/matvec.h"

#include <stddef.h>

#include "port/atmega328p/card.h"
#include "port/atmega328p/stream.h"
#include "proto/image.h"

enum { SKIP_AT_MOST = 384 /* above that, a new stream is faster */ };

/* Returns with the stream standing where the tape does. */
static inline void on_tape(const tape_t* tape) {
  if (card_reader != CARD_TAPE) card_stream_open_at(CARD_TAPE, tape->at);
}

bool tape_open(tape_t* tape) {
  tape->image = NULL;
  return card_open();
}

bool tape_failed(const tape_t* tape) {
  (void)tape;
  return card_failed();
}

void tape_seek(tape_t* tape, uint32_t offset) {
  const uint32_t ahead = offset - tape->at;
  if (card_reader == CARD_TAPE) {
    if (ahead <= SKIP_AT_MOST) {
      card_stream_skip((uint16_t)ahead);
    } else {
      card_stream_close();
    }
  }
  tape->at = offset;
}

void tape_read(tape_t* tape, void* to, uint16_t n) {
  on_tape(tape);
  tape->at += n;
  card_stream_read(to, n);
}

void tape_s16(tape_t* tape, int16_t* to, uint16_t n) { tape_read(tape, to, (uint16_t)(2u * n)); }

void tape_gains(tape_t* tape, int16_t* a, uint16_t n, uint8_t shift) {
  on_tape(tape);
  tape->at += 2u * n;
  stream_gains(a, n, shift);
}

void matvec(tape_t* tape, const matvec_t* job) {
  const uint16_t row_bytes = matvec_row_bytes(job->cols, job->bits);
  on_tape(tape);
  stream_matvec(job, row_bytes);
  tape->at += job->blocks * (2u * (uint32_t)row_bytes + 4u);
}
