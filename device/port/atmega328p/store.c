/* SPDX-License-Identifier: MIT */
/* The storage: the card from its first block on. */
#include <stddef.h>

#include "hal/hal.h"
#include "port/atmega328p/card.h"

static uint32_t stream_at; /* offset at which the storage's stream stands */

const uint8_t* hal_store_map(void) { return NULL; }

bool hal_store_read(uint32_t offset, uint8_t* to, uint16_t n) {
  if (!card_open()) return false;
  if (card_reader != CARD_STORE || stream_at != offset) {
    card_stream_open_at(CARD_STORE, offset);
  }
  card_stream_read(to, n);
  stream_at = offset + n;
  return !card_failed();
}

bool hal_store_erase(uint32_t offset) {
  (void)offset;
  return true;
}

bool hal_store_program(uint32_t offset, const uint8_t* block) {
  return card_open() && card_write(offset / CARD_BLOCK_BYTES, block) && card_settle();
}
