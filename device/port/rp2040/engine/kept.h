/* SPDX-License-Identifier: MIT */
/* The part of the weights that stands in SRAM: the first blocks of every matrix, in the same proportion of
 * all, so that one core can multiply them while the other waits for flash. */
#ifndef PORT_RP2040_ENGINE_KEPT_H
#define PORT_RP2040_ENGINE_KEPT_H

#include <stdint.h>

/* What is kept of the matrix that begins at this offset of the image: `blocks` blocks at `rows`, their
 * weights with flipped sign bits (dot_words.h). */
typedef struct {
  uint32_t offset;
  const uint8_t* rows;
  uint32_t blocks;
} kept_t;

/* To be asked in the order of the tape, mostly; NULL: nothing is kept of it. */
const kept_t* kept_find(uint32_t offset);

#endif
