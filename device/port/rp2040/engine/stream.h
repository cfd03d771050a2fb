/* SPDX-License-Identifier: MIT */
/* Copies a piece of the flash to SRAM while the cores do something else (datasheet 2.5): a core that reads
 * the flash itself stands still for every line of 8 bytes. */
#ifndef PORT_RP2040_ENGINE_STREAM_H
#define PORT_RP2040_ENGINE_STREAM_H

#include <stdint.h>

enum { STREAM_BYTES = 6144 };

/* Begins to copy `bytes`, a multiple of 4 and at most STREAM_BYTES, from a word-aligned place. Returns where
 * they come to stand. */
const uint8_t* stream_open(const uint8_t* from, uint32_t bytes);
/* Waits until everything before `end`, in the copy, is there. */
void stream_wait(const uint8_t* end);

#endif
