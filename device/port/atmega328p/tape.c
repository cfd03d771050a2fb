/* SPDX-License-Identifier: MIT */
/* The tape is the card's stream. */
#include "engine/tape.h"

#include <stddef.h>

#include "port/atmega328p/card.h"
#include "port/atmega328p/stream.h"
#include "proto/image.h"

enum { WEIGHTS_AT_ONCE = 128, SKIP_AT_MOST = 384 /* above that, a new stream is faster */ };

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
  const uint8_t low = card_stream_u8();
  return (uint16_t)(low | (uint16_t)card_stream_u8() << 8);
}

uint32_t tape_u32(tape_t* tape) {
  const uint16_t low = tape_u16(tape);
  return low | (uint32_t)tape_u16(tape) << 16;
}

/* A row's n bytes times x, over the ends of blocks. */
static int32_t row_s8(const int16_t* x, uint16_t n) {
  int32_t sum = 0;
  while (n != 0) {
    if (card_left == 0) card_stream_next_block();
    uint8_t part = n < WEIGHTS_AT_ONCE ? (uint8_t)n : (uint8_t)WEIGHTS_AT_ONCE;
    if (part > card_left) part = (uint8_t)card_left;
    sum = (int32_t)((uint32_t)sum + (uint32_t)stream_dot_s8(x, part));
    card_left = (uint16_t)(card_left - part);
    x += part;
    n = (uint16_t)(n - part);
  }
  return sum;
}

static int32_t row_s4(const int16_t* x, uint16_t n) {
  int32_t sum = 0;
  while (n != 0) {
    if (card_left == 0) card_stream_next_block();
    uint8_t part = n < WEIGHTS_AT_ONCE ? (uint8_t)n : (uint8_t)WEIGHTS_AT_ONCE;
    if (part > card_left) part = (uint8_t)card_left;
    sum = (int32_t)((uint32_t)sum + (uint32_t)stream_dot_s4(x, part));
    card_left = (uint16_t)(card_left - part);
    x += 2 * part;
    n = (uint16_t)(n - part);
  }
  return sum;
}

void tape_pair(tape_t* tape, tape_pair_t* pair, const int16_t* x, uint16_t cols, uint8_t bits) {
  const uint16_t row_bytes = (uint16_t)mcl_row_bytes(cols, bits);
  on_tape(tape);
  for (uint8_t i = 0; i < 2; i++) {
    uint16_t used = cols;
    if (bits == 4) {
      used = cols / 2u;
      pair->acc[i] = row_s4(x, used);
      if (cols % 2u != 0) {
        const int8_t last = (int8_t)(uint8_t)(card_stream_u8() << 4) >> 4;
        pair->acc[i] = (int32_t)((uint32_t)pair->acc[i] + (uint32_t)((int32_t)last * x[cols - 1u]));
        used++;
      }
    } else {
      pair->acc[i] = row_s8(x, cols);
    }
    card_stream_skip((uint16_t)(row_bytes - used));
  }
  tape->at += 2 * (uint32_t)row_bytes;
  pair->multiplier[0] = tape_u16(tape);
  pair->multiplier[1] = tape_u16(tape);
}
