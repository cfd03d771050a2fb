/* SPDX-License-Identifier: MIT */
#include "port/atmega328p/cache.h"

#include <stddef.h>

#include "port/atmega328p/card.h"

cache_layout_t cache_layout;
cache_newest_t cache_newest;

static uint16_t layer_blocks;

static uint16_t record_bytes(const mcl_image_header_t* model) { return (uint16_t)(2u * model->kv_dim); }

/* Where the kernels of stream.h apply. */
static bool in_pairs(const mcl_image_header_t* model) {
  return record_bytes(model) <= CARD_BLOCK_BYTES / CACHE_GROUP && model->n_heads == 2 * model->n_kv_heads &&
         model->head_size >= 4;
}

/* Positions in a block; 0: a record is longer than a block. */
static uint16_t positions_of_block(const mcl_image_header_t* model) {
  const uint16_t positions = CARD_BLOCK_BYTES / record_bytes(model);
  return in_pairs(model) ? positions & ~(CACHE_GROUP - 1u) : positions;
}

uint32_t kv_cache_bytes(const mcl_image_header_t* model) {
  const uint16_t positions = positions_of_block(model);
  if (positions == 0) return UINT32_MAX;
  layer_blocks = (uint16_t)((model->context + positions - 1u) / positions);
  return (uint32_t)layer_blocks * model->n_layers > card_blocks() / 4 ? UINT32_MAX : 0;
}

void kv_cache_open(kv_cache_t* cache, const mcl_image_header_t* model, uint8_t* memory) {
  (void)memory;
  (void)kv_cache_bytes(model);
  cache->head_size = model->head_size;
  cache->heads_per_kv_head = (uint8_t)(model->n_heads / model->n_kv_heads);
  cache->key_bytes = record_bytes(model) / 2u;
  cache->value_bytes = cache->key_bytes;
  cache_layout.pairs = in_pairs(model);
  cache_layout.block_positions = positions_of_block(model);
  cache_newest.record = NULL;
}

bool kv_cache_failed(const kv_cache_t* cache) {
  (void)cache;
  return card_failed();
}

uint32_t kv_cache_scratch_bytes(const mcl_image_header_t* model) {
  return (uint32_t)record_bytes(model) + CARD_BLOCK_BYTES;
}

uint32_t __attribute__((noinline)) cache_block(uint16_t layer, uint16_t pos) {
  return card_blocks() / 2 + (uint32_t)layer * layer_blocks + pos / cache_layout.block_positions;
}

void kv_cache_write(kv_cache_t* cache, uint16_t layer, uint16_t pos, uint8_t* record) {
  (void)cache;
  cache_newest = (cache_newest_t){record, layer, pos};
}

/* n elements of a record that stand `stride` apart in its block: to `block`, or from the card's stream. */
static void copy_elements(uint8_t* block, uint16_t offset, uint8_t stride, uint8_t* elements, uint8_t n) {
  for (; n != 0; n--, elements++, offset += stride) {
    if (block != NULL) {
      block[offset] = *elements ^ CACHE_OFFSET;
    } else {
      card_stream_skip((uint16_t)(offset - (CARD_BLOCK_BYTES - card_left)));
      *elements = card_stream_u8() ^ CACHE_OFFSET;
    }
  }
}

/* The record of this position, to its place in `block` or from there. */
static void copy_record(const kv_cache_t* cache, uint8_t* block, uint16_t pos, uint8_t* record) {
  const uint8_t n = (uint8_t)cache->head_size;
  const uint8_t group = cache_layout.pairs ? CACHE_GROUP : 1;
  const uint16_t in_block = pos % cache_layout.block_positions;
  const uint8_t in_group = (uint8_t)in_block & (group - 1u);
  const uint8_t second = in_group & 1u;
  uint16_t offset = (uint16_t)((in_block - in_group) * 2u * cache->key_bytes);
  for (const uint8_t* end = record + cache->key_bytes; record != end; record += n) {
    copy_elements(block, (uint16_t)(offset + (in_group - second) * n + second), 1 + cache_layout.pairs,
                  record, n);
    offset = (uint16_t)(offset + group * n);
    copy_elements(block, offset + in_group, group, record + cache->key_bytes, n);
    offset = (uint16_t)(offset + group * n);
  }
}

void cache_read(const kv_cache_t* cache, uint16_t layer, uint16_t pos, uint8_t* record) {
  if (pos == 0 || cache_layout.pairs) {
    card_stream_open(CARD_CACHE, cache_block(layer, pos), 0);
  } else if (pos % cache_layout.block_positions == 0) {
    card_stream_skip(card_left);
    card_stream_next_block();
  }
  copy_record(cache, NULL, pos, record);
}

void kv_cache_flush(kv_cache_t* cache) {
  uint8_t* const block = cache_newest.record + cache->key_bytes + cache->value_bytes;
  const uint32_t at = cache_block(cache_newest.layer, cache_newest.pos);
  /* what a new block holds behind its first position is never used */
  if (cache_newest.pos % cache_layout.block_positions != 0) {
    card_stream_open(CARD_CACHE, at, 0);
    card_stream_read(block, CARD_BLOCK_BYTES);
  }
  copy_record(cache, block, cache_newest.pos, cache_newest.record);
  (void)card_write(at, block);
  cache_newest.record = NULL;
}
