/* SPDX-License-Identifier: MIT */
/* The logits stand at the card's end: each call of logits_write takes a block, of which it fills half. */
#include "engine/logits.h"

#include "engine/engine.h"
#include "port/atmega328p/card.h"

enum { AREA_BLOCKS = 65536 / ENGINE_LOGIT_ROWS };

static uint32_t first_block(void) { return card_blocks() - AREA_BLOCKS; }

uint32_t logits_bytes(uint32_t vocab) {
  (void)vocab;
  return 0;
}

void logits_open(logits_t* logits, uint8_t* memory) {
  (void)memory;
  logits->at = 0;
}

void logits_rewind(logits_t* logits) {
  logits->at = 0;
  if (card_reader == CARD_LOGITS) card_stream_close();
}

void logits_write(logits_t* logits, const int32_t* values, uint16_t n) {
  (void)card_write(first_block() + logits->at / ENGINE_LOGIT_ROWS, (const uint8_t*)values, (uint16_t)(4 * n));
  logits->at += n;
}

int32_t logits_next(logits_t* logits) {
  int32_t value;
  const uint8_t in_block = (uint8_t)(logits->at % ENGINE_LOGIT_ROWS);
  if (card_reader != CARD_LOGITS) {
    card_stream_open(CARD_LOGITS, first_block() + logits->at / ENGINE_LOGIT_ROWS, 4 * in_block);
  } else if (in_block == 0 && card_left != 0) {
    card_stream_skip(card_left);
  }
  card_stream_read((uint8_t*)&value, sizeof value);
  logits->at++;
  return value;
}
