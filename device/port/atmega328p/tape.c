/* SPDX-License-Identifier: MIT */
/* The tape is the card's stream. */
#include "engine/tape.h"

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

/* A row's n bytes, over the ends of blocks, times x. */
static int32_t row(const int16_t* x, uint16_t n, uint8_t bits) {
  const uint8_t most = bits == 8 ? 255 : 128;
  uint32_t sum = 0;
  while (n != 0) {
    if (card_left == 0) card_stream_next_block();
    uint8_t part = n < most ? (uint8_t)n : most;
    if (part > card_left) part = (uint8_t)card_left;
    sum += (uint32_t)(bits == 8 ? stream_dot_s8 : stream_dot_s4)(x, part);
    x += bits == 8 ? part : 2 * part;
    card_left = (uint16_t)(card_left - part);
    n = (uint16_t)(n - part);
  }
  return (int32_t)sum;
}

/* A row of 4 bits with an odd column at the end, whose byte is half used. */
static int32_t odd_row(const int16_t* x, uint16_t cols) {
  const uint32_t sum = (uint32_t)row(x, cols / 2u, 4);
  const int8_t last = (int8_t)((int8_t)(uint8_t)(card_stream_u8() << 4) >> 4);
  return (int32_t)(sum + (uint32_t)((int32_t)last * x[cols - 1u]));
}

void tape_pair(tape_t* tape, tape_pair_t* pair, const int16_t* x, uint16_t cols, uint8_t bits) {
  const uint16_t row_bytes = (uint16_t)(bits == 4 ? (cols + 7u) / 8u * 4u : (cols + 3u) & ~3u);
  const uint16_t used = (uint16_t)(bits == 4 ? (cols + 1u) / 2u : cols);
  on_tape(tape);
  for (uint8_t i = 0; i < 2; i++) {
    pair->acc[i] = bits == 4 && cols % 2u != 0 ? odd_row(x, cols) : row(x, used, bits);
    card_stream_skip((uint16_t)(row_bytes - used));
  }
  tape->at += 2 * (uint32_t)row_bytes;
  pair->multiplier[0] = tape_u16(tape);
  pair->multiplier[1] = tape_u16(tape);
}
