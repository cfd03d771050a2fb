/* SPDX-License-Identifier: MIT */
/* Attention over the card's groups of positions (cache.h), then over the newest record, which is in memory. */
#include "engine/attention.h"

#include "kernels/arithmetic.h"
#include "port/atmega328p/cache.h"
#include "port/atmega328p/card.h"

/* A head between two groups. */
typedef struct {
  uint32_t sum; /* L */
  int16_t max;  /* P */
} head_t;

/* What one group does to the sums of a head. */
typedef struct {
  uint16_t weight[CACHE_GROUP_MAX];
  uint8_t rescale[CACHE_GROUP_MAX];
} group_weights_t;

/* attention_bytes: the heads, the weights of the heads that share a key/value head, a key or a value element. */
typedef struct {
  engine_t* engine;
  head_t* heads;
  group_weights_t* weights;
  uint8_t* bytes;
  uint16_t layer, pos;
} attention_t;

static uint16_t element_bytes(const mcl_image_header_t* m) {
  return m->head_size < CACHE_GROUP_MAX ? 2 * CACHE_GROUP_MAX : 2 * m->head_size;
}

uint32_t attention_bytes(const mcl_image_header_t* m) {
  return m->n_heads * (uint32_t)sizeof(head_t) + m->n_heads / m->n_kv_heads * sizeof(group_weights_t) +
         element_bytes(m);
}

/* Position t, the i-th of its group, for the heads of one key/value head. */
static void take_key(attention_t* a, uint8_t kv_head, uint8_t i, uint16_t t, const uint8_t* key) {
  engine_t* e = a->engine;
  const mcl_image_header_t* m = &e->model;
  for (uint8_t j = 0; j < e->kv.heads_per_kv_head; j++) {
    const uint8_t h = (uint8_t)(kv_head * e->kv.heads_per_kv_head + j);
    const int16_t* q = e->at.q + h * m->head_size;
    attention_head_t head = {.sum = a->heads[h].sum, .max = a->heads[h].max};
    if (m->kv_format == MCL_KV_K8V8) {
      head.score = rsh_s32(attention_score_s8(q, (const int8_t*)key, m->head_size), 6);
    } else {
      head.score = rsh_s32(attention_score_s16(q, (const int16_t*)(const void*)key, m->head_size), 12);
    }
    attention_softmax(&head, t == 0);
    if (trace_wants(&e->trace, MCL_OP_SCORE, a->layer)) {
      const uint32_t keys = (uint32_t)a->pos + 1;
      trace_element(&e->trace, m->n_heads * keys, h * keys + t, head.score);
    }
    a->heads[h] = (head_t){head.sum, head.max};
    a->weights[j].weight[i] = head.weight;
    a->weights[j].rescale[i] = head.rescale;
  }
}

/* Element n of the values of `count` positions, for the heads of one key/value head. */
static void take_value(attention_t* a, uint8_t kv_head, uint16_t n, uint8_t count, const uint8_t* values) {
  engine_t* e = a->engine;
  const bool wide = e->model.kv_format == MCL_KV_K16V16;
  for (uint8_t j = 0; j < e->kv.heads_per_kv_head; j++) {
    const group_weights_t* w = &a->weights[j];
    int32_t* sum = e->at.sums + (kv_head * e->kv.heads_per_kv_head + j) * e->model.head_size + n;
    for (uint8_t i = 0; i < count; i++) {
      const attention_head_t head = {.weight = w->weight[i], .rescale = w->rescale[i]};
      if (wide) {
        attention_value_s16(sum, (const int16_t*)(const void*)values + i, 1, &head);
      } else {
        attention_value_s8(sum, (const int8_t*)values + i, 1, &head);
      }
    }
  }
}

/* `count` positions from t on, streamed. */
static void take_group(attention_t* a, uint16_t t, uint8_t count) {
  const engine_t* e = a->engine;
  const cache_layout_t* at = &cache_layout;
  const uint16_t key_bytes = (uint16_t)(e->model.head_size * at->key_width);
  const uint8_t unused = (uint8_t)(at->group - count);
  for (uint8_t g = 0; g < e->model.n_kv_heads; g++) {
    for (uint8_t i = 0; i < count; i++) {
      card_stream_read(a->bytes, key_bytes);
      take_key(a, g, i, (uint16_t)(t + i), a->bytes);
    }
    card_stream_skip((uint16_t)(unused * key_bytes));
    for (uint16_t n = 0; n < e->model.head_size; n++) {
      card_stream_read(a->bytes, (uint16_t)(count * at->value_width));
      take_value(a, g, n, count, a->bytes);
      card_stream_skip((uint16_t)(unused * at->value_width));
    }
  }
}

static void take_newest(attention_t* a) {
  const engine_t* e = a->engine;
  const uint16_t n = e->model.head_size;
  const uint8_t* key = cache_newest.record;
  const uint8_t* value = cache_newest.record + e->kv.key_bytes;
  for (uint8_t g = 0; g < e->model.n_kv_heads; g++) {
    take_key(a, g, 0, a->pos, key);
    key += n * cache_layout.key_width;
    for (uint16_t j = 0; j < n; j++, value += cache_layout.value_width) take_value(a, g, j, 1, value);
  }
}

static void take_cached(attention_t* a) {
  const uint8_t group = cache_layout.group;
  if (a->pos == 0) return;
  card_stream_open(CARD_CACHE, cache_block(a->layer, 0), 0);
  uint16_t in_block = 0;
  for (uint16_t t = 0; t < a->pos; t = (uint16_t)(t + group)) {
    if (in_block == cache_layout.block_positions) {
      card_stream_skip((uint16_t)(CARD_BLOCK_BYTES - cache_layout.block_used));
      in_block = 0;
    }
    const uint16_t left = (uint16_t)(a->pos - t);
    take_group(a, t, left < group ? (uint8_t)left : group);
    in_block = (uint16_t)(in_block + group);
  }
  card_stream_close();
}

void attend(engine_t* e, uint16_t layer, uint16_t pos) {
  const mcl_image_header_t* m = &e->model;
  attention_t a = {.engine = e, .heads = e->at.heads, .layer = layer, .pos = pos};
  a.weights = (group_weights_t*)(void*)(a.heads + m->n_heads);
  a.bytes = (uint8_t*)(a.weights + e->kv.heads_per_kv_head);
  for (uint16_t i = 0; i < m->dim; i++) e->at.sums[i] = 0;
  take_cached(&a);
  take_newest(&a);
  for (uint16_t h = 0; h < m->n_heads; h++) {
    const uint16_t first = (uint16_t)(h * m->head_size);
    attention_output_s16(e->at.q + first, e->at.sums + first, m->head_size, a.heads[h].sum);
  }
}
