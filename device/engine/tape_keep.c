/* SPDX-License-Identifier: MIT */
#include "engine/tape.h"

#ifndef MCL_LEAN
void tape_keep(const tape_t* tape, const mcl_image_header_t* model, uint8_t* memory, uint32_t bytes) {
  (void)tape;
  (void)model;
  (void)memory;
  (void)bytes;
}

uint32_t tape_kept(void) { return 0; }
#endif
