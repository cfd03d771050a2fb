/* SPDX-License-Identifier: MIT */
/* Reading a storage that stands in memory. */
#include "hal/hal.h"

bool hal_store_read(uint32_t offset, uint8_t* to, uint16_t n) {
  hal_board_t board;
  hal_board(&board);
  if (offset > board.store_bytes || n > board.store_bytes - offset) return false;
  const uint8_t* const from = hal_store_map() + offset;
  for (uint16_t i = 0; i < n; i++) to[i] = from[i];
  return true;
}
