/* SPDX-License-Identifier: MIT */
#include "engine/kv_cache.h"

static uint8_t key_width(uint8_t format) { return format == MCL_KV_K8V8 ? 1 : 2; }

static uint8_t value_width(uint8_t format) { return format == MCL_KV_K16V16 ? 2 : 1; }

static void measure(kv_cache_t* cache, const mcl_image_header_t* model) {
  cache->format = model->kv_format;
  cache->head_size = model->head_size;
  cache->heads_per_kv_head = (uint8_t)(model->n_heads / model->n_kv_heads);
  cache->key_bytes = (uint16_t)(model->kv_dim * key_width(cache->format));
  cache->value_bytes = (uint16_t)(model->kv_dim * value_width(cache->format));
  cache->layer_bytes = model->context * kv_cache_record_bytes(cache);
}

uint32_t kv_cache_bytes(const mcl_image_header_t* model) {
  kv_cache_t cache;
  measure(&cache, model);
  if (cache.layer_bytes > UINT32_MAX / model->n_layers) return UINT32_MAX;
  return cache.layer_bytes * model->n_layers;
}

void kv_cache_open(kv_cache_t* cache, const mcl_image_header_t* model, uint8_t* memory) {
  measure(cache, model);
  cache->records = memory;
  const uint32_t bytes = kv_cache_bytes(model);
  for (uint32_t i = 0; i < bytes; i++) memory[i] = 0;
}

bool kv_cache_failed(const kv_cache_t* cache) {
  (void)cache;
  return false;
}

void kv_cache_write(kv_cache_t* cache, uint16_t layer, uint16_t pos, uint8_t* record) {
  uint8_t* to = cache->records + layer * cache->layer_bytes + pos * kv_cache_record_bytes(cache);
  const uint16_t bytes = (uint16_t)(cache->key_bytes + cache->value_bytes);
  for (uint16_t i = 0; i < bytes; i++) to[i] = record[i];
}

void kv_cache_flush(kv_cache_t* cache) { (void)cache; }

uint32_t kv_cache_scratch_bytes(const mcl_image_header_t* model) {
  (void)model;
  return 0;
}

void kv_reader_open(kv_reader_t* reader, const kv_cache_t* cache, uint16_t layer, uint16_t first,
                    uint16_t end) {
  reader->cache = cache;
  reader->record = cache->records + layer * cache->layer_bytes;
  reader->first = first;
  reader->end = end;
}

void kv_reader_scores(kv_reader_t* reader, attention_head_t* heads, const int16_t* q) {
  const kv_cache_t* cache = reader->cache;
  const uint16_t n = cache->head_size;
  for (uint16_t h = reader->first; h < reader->end; h++) {
    const uint16_t at = (uint16_t)(h / cache->heads_per_kv_head * n);
    if (cache->format == MCL_KV_K8V8) {
      heads[h].score = attention_score_s8(q + h * n, (const int8_t*)reader->record + at, n);
    } else {
      heads[h].score = attention_score_s16(q + h * n, (const int16_t*)(const void*)reader->record + at, n);
    }
  }
}

void kv_reader_values(kv_reader_t* reader, int32_t* sums, const attention_head_t* heads) {
  const kv_cache_t* cache = reader->cache;
  const uint16_t n = cache->head_size;
  const uint8_t* values = reader->record + cache->key_bytes;
  for (uint16_t h = reader->first; h < reader->end; h++) {
    const uint16_t at = (uint16_t)(h / cache->heads_per_kv_head * n);
    if (cache->format == MCL_KV_K16V16) {
      attention_value_s16(sums + h * n, (const int16_t*)(const void*)values + at, n, &heads[h]);
    } else {
      attention_value_s8(sums + h * n, (const int8_t*)values + at, n, &heads[h]);
    }
  }
  reader->record += kv_cache_record_bytes(cache);
}
