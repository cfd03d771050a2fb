/* SPDX-License-Identifier: MIT */
#include "port/atmega328p/cache.h"

#include <stddef.h>

#include "port/atmega328p/card.h"

cache_layout_t cache_layout;
cache_newest_t cache_newest;

static uint32_t layer_blocks;

static uint16_t record_bytes(const mcl_image_header_t* model) {
  const uint16_t bytes = (uint16_t)(2u * model->n_kv_heads * model->head_size);
  return bytes > CARD_BLOCK_BYTES ? CARD_BLOCK_BYTES + 1 : bytes;
}

static uint16_t group_of(uint16_t record) {
  const uint16_t most = CARD_BLOCK_BYTES / record;
  return most < CACHE_GROUP_MAX ? most : (uint16_t)CACHE_GROUP_MAX;
}

/* Positions in a block; 0: a record is longer than a block. */
static uint16_t positions_of_block(uint16_t record) {
  const uint16_t group = group_of(record);
  return group == 0 ? 0 : (uint16_t)(CARD_BLOCK_BYTES / (group * record) * group);
}

static uint32_t blocks_of_layer(const mcl_image_header_t* model) {
  const uint16_t positions = positions_of_block(record_bytes(model));
  return (model->context + positions - 1u) / positions;
}

uint32_t kv_cache_bytes(const mcl_image_header_t* model) {
  if (record_bytes(model) > CARD_BLOCK_BYTES) return UINT32_MAX;
  return blocks_of_layer(model) * model->n_layers > card_blocks() / 4 ? UINT32_MAX : 0;
}

void kv_cache_open(kv_cache_t* cache, const mcl_image_header_t* model, uint8_t* memory) {
  const uint16_t record = record_bytes(model);
  (void)memory;
  cache->format = model->kv_format;
  cache->head_size = model->head_size;
  cache->heads_per_kv_head = (uint8_t)(model->n_heads / model->n_kv_heads);
  cache->key_bytes = record / 2;
  cache->value_bytes = record / 2;
  cache_layout.group = (uint8_t)group_of(record);
  /* an odd position shares its keys' place with the one before */
  cache_layout.pairs = cache_layout.group == CACHE_GROUP_MAX && cache->heads_per_kv_head == 2 &&
                       model->head_size >= 4 && model->head_size <= 64;
  cache_layout.head_bytes = (uint16_t)(cache_layout.group * 2u * model->head_size);
  cache_layout.group_bytes = (uint16_t)(cache_layout.group * record);
  cache_layout.block_positions = positions_of_block(record);
  cache_layout.block_used = (uint16_t)(cache_layout.block_positions * record);
  layer_blocks = blocks_of_layer(model);
  cache_newest.record = NULL;
}

bool kv_cache_failed(const kv_cache_t* cache) {
  (void)cache;
  return card_failed();
}

uint32_t kv_cache_scratch_bytes(const mcl_image_header_t* model) {
  return (uint32_t)record_bytes(model) + CARD_BLOCK_BYTES;
}

uint32_t cache_block(uint16_t layer, uint16_t pos) {
  return card_blocks() / 2 + layer * layer_blocks + pos / cache_layout.block_positions;
}

void kv_cache_write(kv_cache_t* cache, uint16_t layer, uint16_t pos, uint8_t* record) {
  (void)cache;
  cache_newest = (cache_newest_t){record, layer, pos};
}

/* Puts the newest record to its place in its block. */
static void insert(uint8_t* block, const kv_cache_t* cache) {
  const uint8_t group = cache_layout.group, n = (uint8_t)cache->head_size;
  const uint16_t in_block = cache_newest.pos % cache_layout.block_positions;
  const uint8_t in_group = (uint8_t)(in_block % group);
  const uint8_t second = cache_layout.pairs ? in_group % 2u : 0;
  const uint8_t* key = cache_newest.record;
  const uint8_t* value = key + cache->key_bytes;
  uint8_t* to = block + (in_block - in_group) * (2u * cache->key_bytes);
  while (key < cache_newest.record + cache->key_bytes) {
    uint8_t* element = to + (in_group - second) * n + second;
    for (uint8_t i = 0; i < n; i++, element += 1 + cache_layout.pairs) *element = *key++ ^ CACHE_OFFSET;
    element = to + group * n + in_group;
    for (uint8_t i = 0; i < n; i++, element += group) *element = *value++ ^ CACHE_OFFSET;
    to += cache_layout.head_bytes;
  }
}

void kv_cache_flush(kv_cache_t* cache) {
  uint8_t* const block = cache_newest.record + cache->key_bytes + cache->value_bytes;
  const uint32_t at = cache_block(cache_newest.layer, cache_newest.pos);
  /* what a new block holds behind its first position is never used */
  if (cache_newest.pos % cache_layout.block_positions != 0) {
    card_stream_open(CARD_CACHE, at, 0);
    card_stream_read(block, CARD_BLOCK_BYTES);
  }
  insert(block, cache);
  (void)card_write(at, block, CARD_BLOCK_BYTES);
  cache_newest.record = NULL;
}
