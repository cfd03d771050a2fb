/* SPDX-License-Identifier: MIT */
/* matvec and attend in parts, for cores whose registers hold the sums of four rows, with image and cache in
 * memory. Parts touch nothing of one another: several cores may each do one. */
#ifndef ENGINE_WIDE_H
#define ENGINE_WIDE_H

#include "engine/engine.h"
#include "engine/matvec.h"

/* Blocks first..end-1 of the job, whose first block of all stands at `rows`. Two blocks at a time share what
 * is done to x: an even `first` and an even count are best. */
void matvec_blocks(const matvec_t* job, const uint8_t* rows, uint16_t first, uint16_t end);

/* Heads from..to-1 of attend. */
void attend_heads(engine_t* e, uint16_t layer, uint16_t pos, uint16_t from, uint16_t to);

#endif
