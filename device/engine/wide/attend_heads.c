/* SPDX-License-Identifier: MIT */
/* For a cache that stands in memory: head after head, each with its state in registers, walks through its
 * part of the records. */
#include "engine/attention.h"
#include "engine/wide/wide.h"
#include "kernels/arithmetic.h"

/* The head's state lives on the stack. */
uint32_t attention_bytes(const mcl_image_header_t* model) {
  (void)model;
  return 0;
}

static void attend_head(engine_t* e, uint16_t layer, uint16_t pos, uint16_t h) {
  const mcl_image_header_t* m = &e->model;
  const kv_cache_t* cache = &e->kv;
  const uint16_t n = m->head_size;
  const uint32_t first = (uint32_t)(h / cache->heads_per_kv_head) * n; /* element of keys and of values */
  const uint32_t stride = kv_cache_record_bytes(cache);
  const bool narrow_keys = cache->format == MCL_KV_K8V8, narrow_values = cache->format != MCL_KV_K16V16;
  const uint8_t shift = narrow_keys ? 6 : 12;
  const bool traced = trace_wants(&e->trace, MCL_OP_SCORE, layer);
  const uint8_t* key = cache->records + layer * cache->layer_bytes + first * (narrow_keys ? 1u : 2u);
  const uint8_t* value =
      cache->records + layer * cache->layer_bytes + cache->key_bytes + first * (narrow_values ? 1u : 2u);
  int16_t* const q = e->at.q + h * n;
  int32_t* const sums = e->at.sums + h * n;
  attention_head_t head = {0};
  for (uint16_t i = 0; i < n; i++) sums[i] = 0;
  for (uint16_t t = 0; t <= pos; t++, key += stride, value += stride) {
    const int32_t score = narrow_keys ? attention_score_s8(q, (const int8_t*)key, n)
                                      : attention_score_s16(q, (const int16_t*)(const void*)key, n);
    head.score = rsh_s32(score, shift);
    attention_softmax(&head, t == 0);
    if (traced) {
      const uint32_t keys = (uint32_t)pos + 1;
      trace_element(&e->trace, m->n_heads * keys, h * keys + t, head.score);
    }
    if (narrow_values) {
      attention_value_s8(sums, (const int8_t*)value, n, &head);
    } else {
      attention_value_s16(sums, (const int16_t*)(const void*)value, n, &head);
    }
  }
  /* the query has done its work: o takes its place */
  attention_output_s16(q, sums, n, head.sum);
}

void attend_heads(engine_t* e, uint16_t layer, uint16_t pos, uint16_t from, uint16_t to) {
  for (uint16_t h = from; h < to; h++) attend_head(e, layer, pos, h);
}
