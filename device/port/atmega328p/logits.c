/* SPDX-License-Identifier: MIT */
/* The logits stand at the card's end: each call of logits_write takes a block, whose first half they are; the
 * other half is whatever follows them in the memory. They are read one after the other. */
#include "engine/logits.h"

#include "engine/engine.h"
#include "port/atmega328p/card.h"
#include "port/atmega328p/stream.h"

enum { AREA_BLOCKS = 65536 / ENGINE_LOGIT_ROWS };

static uint32_t first_block(void) { return card_blocks() - AREA_BLOCKS; }

uint32_t logits_bytes(uint32_t vocab) {
  (void)vocab;
  return 0;
}

void logits_open(logits_t* logits, uint32_t vocab, uint8_t* memory) {
  (void)memory;
  logits->count = vocab;
  logits->at = 0;
}

void logits_begin_writing(logits_t* logits) { logits->at = 0; }

void logits_write(logits_t* logits, const int32_t* values, uint16_t n) {
  (void)n;
  (void)card_write(first_block() + logits->at++, (const uint8_t*)values);
}

void logits_begin_reading(logits_t* logits) {
  (void)logits;
  card_stream_open(CARD_LOGITS, first_block(), 0);
}

int32_t logits_next(logits_t* logits) {
  (void)logits;
  if (card_left == CARD_BLOCK_BYTES - 4 * ENGINE_LOGIT_ROWS) {
    card_stream_skip(card_left);
    card_stream_next_block();
  }
  card_left = (uint16_t)(card_left - 4u);
  return (int32_t)stream_u32();
}
