/* SPDX-License-Identifier: MIT */
/* The logits of one token, written once and read a few times in index order by the sampler. logits_arena.c
 * keeps them in the arena; a port without the room links its own version of these functions. */
#ifndef ENGINE_LOGITS_H
#define ENGINE_LOGITS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t* values; /* (count) */
  uint32_t count;  /* of the vocabulary */
  uint32_t at;     /* next one to write or read */
} logits_t;

/* Bytes of arena that they take. */
uint32_t logits_bytes(uint32_t vocab);
/* `memory` has logits_bytes bytes, word-aligned. */
void logits_open(logits_t* logits, uint32_t vocab, uint8_t* memory);
/* From index 0 on. */
void logits_begin_writing(logits_t* logits);
void logits_write(logits_t* logits, const int32_t* values, uint16_t n);
void logits_begin_reading(logits_t* logits);
int32_t logits_next(logits_t* logits);

#ifdef __cplusplus
}
#endif

#endif
