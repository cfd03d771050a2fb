/* SPDX-License-Identifier: MIT */
/* Keys and values of the positions so far. They stand per layer, position after position, a record being all
 * heads' keys, then all heads' values, so that attention reads a layer's records once, in order.
 * kv_cache_arena.c keeps them in the arena; a port with a card links its own version of these functions, and
 * of attend, which alone uses the reader. */
#ifndef ENGINE_KV_CACHE_H
#define ENGINE_KV_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/kernels.h"
#include "proto/image.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint8_t* records; /* in the arena */
  uint32_t layer_bytes;
  uint16_t key_bytes, value_bytes; /* of one position, all heads */
  uint16_t head_size;
  uint8_t heads_per_kv_head;
  uint8_t format; /* mcl_kv_format_t */
} kv_cache_t;

/* From one position to the next. Records stay word-aligned: head_size is even, so keys and values together
 * are at least 4 bytes with 16-bit parts first; the sum is rounded up. */
static inline uint32_t kv_cache_record_bytes(const kv_cache_t* cache) {
  return ((uint32_t)cache->key_bytes + cache->value_bytes + 3u) & ~(uint32_t)3u;
}

/* Reads one layer's records from position 0 on, for the query heads first..end-1. */
typedef struct {
  const kv_cache_t* cache;
  const uint8_t* record; /* the next one */
  uint16_t first, end;
} kv_reader_t;

/* Bytes of arena that the cache of this model takes; saturates at 2^32 - 1. */
uint32_t kv_cache_bytes(const mcl_image_header_t* model);
/* `memory` has kv_cache_bytes bytes, word-aligned; every record becomes zero. */
void kv_cache_open(kv_cache_t* cache, const mcl_image_header_t* model, uint8_t* memory);
bool kv_cache_failed(const kv_cache_t* cache);

/* The record of this position: key_bytes of keys, then value_bytes of values. attend reads it as the last one
 * of its layer. It stays where it is until kv_cache_flush. */
void kv_cache_write(kv_cache_t* cache, uint16_t layer, uint16_t pos, uint8_t* record);
/* The layer's attention is over: a cache outside the memory stores the record now, for which it may overwrite
 * kv_cache_scratch_bytes bytes from the record on. */
void kv_cache_flush(kv_cache_t* cache);
uint32_t kv_cache_scratch_bytes(const mcl_image_header_t* model);

void kv_reader_open(kv_reader_t* reader, const kv_cache_t* cache, uint16_t layer, uint16_t first,
                    uint16_t end);
/* heads[h].score = q of head h times its key of the next record. q (dim), heads (n_heads). */
void kv_reader_scores(kv_reader_t* reader, attention_head_t* heads, const int16_t* q);
/* sums (dim) take in the values of the same record, each head by its weight. To be called after
 * kv_reader_scores. */
void kv_reader_values(kv_reader_t* reader, int32_t* sums, const attention_head_t* heads);

#ifdef __cplusplus
}
#endif

#endif
