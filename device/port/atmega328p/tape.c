/* SPDX-License-Identifier: MIT */
/* The tape is the card's stream. */
#include "engine/tape.h"

#include "engine/matvec.h"

#include <stddef.h>

#include "port/atmega328p/card.h"
#include "port/atmega328p/stream.h"
#include "proto/image.h"

enum { SKIP_AT_MOST = 384 /* above that, a new stream is faster */ };

static void resume(const tape_t* tape) {
  card_stream_open(CARD_TAPE, tape->at / CARD_BLOCK_BYTES, (uint16_t)(tape->at % CARD_BLOCK_BYTES));
}

/* Returns with the stream standing where the tape does. */
static inline void on_tape(const tape_t* tape) {
  if (card_reader != CARD_TAPE) resume(tape);
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

void tape_skip(tape_t* tape, uint32_t n) { tape_seek(tape, tape->at + n); }

uint8_t tape_u8(tape_t* tape) {
  on_tape(tape);
  tape->at++;
  return card_stream_u8();
}

uint16_t tape_u16(tape_t* tape) {
  on_tape(tape);
  tape->at += 2;
  if (card_left >= 2) {
    card_left = (uint16_t)(card_left - 2);
    return stream_u16();
  }
  const uint8_t low = card_stream_u8();
  return (uint16_t)(low | (uint16_t)card_stream_u8() << 8);
}

uint32_t tape_u32(tape_t* tape) {
  const uint16_t low = tape_u16(tape);
  return low | (uint32_t)tape_u16(tape) << 16;
}

void tape_gains(tape_t* tape, int16_t* a, uint16_t n, uint8_t shift) {
  on_tape(tape);
  tape->at += 2u * n;
  while (n != 0) {
    if (card_left == 0) card_stream_next_block();
    uint16_t part = card_left / 2u < n ? card_left / 2u : n;
    if (part > 255) part = 255;
    stream_gains(a, (uint8_t)part, shift);
    card_left = (uint16_t)(card_left - 2u * part);
    a += part;
    n = (uint16_t)(n - part);
  }
}

void matvec(tape_t* tape, const matvec_t* job) {
  const uint16_t row_bytes = (uint16_t)(job->bits == 4 ? (job->cols + 7u) / 8u * 4u : (job->cols + 3u) & ~3u);
  on_tape(tape);
  stream_matvec(job, row_bytes);
  tape->at += job->blocks * (2u * (uint32_t)row_bytes + 4u);
}
