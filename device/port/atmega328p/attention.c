/* SPDX-License-Identifier: MIT */
/* Attention over the card's groups of positions (cache.h), then over the newest record, which is in memory.
 */
#include "engine/attention.h"

#include "kernels/arithmetic.h"
#include "port/atmega328p/cache.h"
#include "port/atmega328p/card.h"
#include "port/atmega328p/stream.h"

/* attention_bytes: the heads; what the keys of a group do to the sums of the heads that share them,
 * (position, head); a key or a value element of a group. */
typedef struct {
  engine_t* engine;
  attention_sum_t* heads;
  uint16_t* weights;
  uint8_t* rescale;
  int8_t* elements;
  uint16_t layer, pos;
  bool streams; /* the kernels of stream.h apply */
} attention_t;

static uint16_t weights_bytes(const mcl_image_header_t* m) {
  const uint16_t pair = CACHE_GROUP_MAX * sizeof(attention_weights_t);
  const uint16_t any = (uint16_t)(m->n_heads / m->n_kv_heads * 3u * CACHE_GROUP_MAX);
  return any > pair ? any : pair;
}

uint32_t attention_bytes(const mcl_image_header_t* m) {
  const uint16_t elements = m->head_size < CACHE_GROUP_MAX ? CACHE_GROUP_MAX : m->head_size;
  return m->n_heads * (uint16_t)sizeof(attention_sum_t) + weights_bytes(m) + elements;
}

/* The products of every head's queries with keys fit 23 bits and a sign. */
static bool queries_are_small(const engine_t* e) {
  for (uint16_t i = 0; i < e->model.dim;) {
    uint32_t sum = 0;
    for (uint16_t j = 0; j < e->model.head_size; j++, i++) {
      const int16_t q = e->at.q[i];
      sum += (uint16_t)(q < 0 ? -q : q);
    }
    if (sum > ((1ul << 23) - 64) / 127) return false;
  }
  return true;
}

/* Position t, the i-th of its group, for the heads of one key/value head. */
static void take_key(attention_t* a, uint8_t kv_head, uint8_t i, uint16_t t, const int8_t* key) {
  engine_t* e = a->engine;
  const mcl_image_header_t* m = &e->model;
  const uint8_t heads = e->kv.heads_per_kv_head;
  for (uint8_t j = 0; j < heads; j++) {
    const uint8_t h = (uint8_t)(kv_head * heads + j);
    attention_head_t head = {.sum = a->heads[h].sum, .max = a->heads[h].max};
    head.score = rsh_s32(attention_score_s8(e->at.q + h * m->head_size, key, m->head_size), 6);
    attention_softmax(&head, false); /* ATTENTION_NO_MAX makes the first one rise far enough */
    if (trace_wants(&e->trace, MCL_OP_SCORE, a->layer)) {
      const uint32_t keys = (uint32_t)a->pos + 1;
      trace_element(&e->trace, m->n_heads * keys, h * keys + t, head.score);
    }
    a->heads[h] = (attention_sum_t){head.sum, head.max};
    a->weights[i * heads + j] = head.weight;
    a->rescale[i * heads + j] = head.rescale;
  }
}

/* n values of the i-th position for the heads of one key/value head, from the element `first` on. */
static void take_values(attention_t* a, uint8_t kv_head, uint8_t i, uint16_t first, uint16_t n,
                        const int8_t* values) {
  engine_t* e = a->engine;
  const uint8_t heads = e->kv.heads_per_kv_head;
  for (uint8_t j = 0; j < heads; j++) {
    const uint8_t at = (uint8_t)(i * heads + j);
    const attention_head_t head = {.weight = a->weights[at], .rescale = a->rescale[at]};
    attention_value_s8(e->at.sums + (kv_head * heads + j) * e->model.head_size + first, values, n, &head);
  }
}

/* `count` positions of one key/value head from t on, streamed. */
static void take_cached(attention_t* a, uint8_t kv_head, uint16_t t, uint8_t count) {
  const uint16_t n = a->engine->model.head_size;
  const uint8_t unused = (uint8_t)(cache_layout.group - count);
  for (uint8_t i = 0; i < count; i++) {
    card_stream_read((uint8_t*)a->elements, n);
    take_key(a, kv_head, i, (uint16_t)(t + i), a->elements);
  }
  card_stream_skip((uint16_t)(unused * n));
  for (uint16_t i = 0; i < n; i++) {
    card_stream_read((uint8_t*)a->elements, count);
    for (uint8_t j = 0; j < count; j++) take_values(a, kv_head, j, i, 1, a->elements + j);
    card_stream_skip(unused);
  }
}

/* The same by the kernels of stream.h. */
static void stream_cached(attention_t* a, uint8_t kv_head, uint8_t count) {
  const engine_t* e = a->engine;
  const uint8_t n = (uint8_t)e->model.head_size, head = (uint8_t)(2 * kv_head);
  attention_weights_t* weights = (attention_weights_t*)(void*)a->weights;
  const uint8_t kind = stream_keys(a->heads + head, e->at.q + head * n, weights, n, count);
  card_left = (uint16_t)(card_left - count * n);
  card_stream_skip((uint16_t)((CACHE_GROUP_MAX - count) * n));
  for (uint8_t i = count; i < CACHE_GROUP_MAX; i++) weights[i] = (attention_weights_t){{0, 0}, {0, 0}, 0};
  stream_values(e->at.sums + head * n, weights, n, kind);
  card_left = (uint16_t)(card_left - CACHE_GROUP_MAX * n);
}

static void take_group(attention_t* a, uint16_t t, uint8_t count) {
  if (card_left == 0) card_stream_next_block();
  for (uint8_t g = 0; g < a->engine->model.n_kv_heads; g++) {
    if (a->streams) {
      stream_cached(a, g, count);
    } else {
      take_cached(a, g, t, count);
    }
  }
}

static void take_newest(attention_t* a) {
  const engine_t* e = a->engine;
  const uint16_t n = e->model.head_size;
  const int8_t* key = (const int8_t*)cache_newest.record;
  for (uint8_t g = 0; g < e->model.n_kv_heads; g++, key += n) {
    take_key(a, g, 0, a->pos, key);
    take_values(a, g, 0, 0, n, key + e->kv.key_bytes);
  }
}

static void take_groups(attention_t* a) {
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
  a.weights = (uint16_t*)(void*)(a.heads + m->n_heads);
  a.rescale = (uint8_t*)(a.weights + CACHE_GROUP_MAX * e->kv.heads_per_kv_head);
  a.elements = (int8_t*)(a.rescale + CACHE_GROUP_MAX * e->kv.heads_per_kv_head);
  a.streams = cache_layout.group == CACHE_GROUP_MAX && e->kv.heads_per_kv_head == 2 &&
              !trace_wants(&e->trace, MCL_OP_SCORE, layer) && queries_are_small(e);
  for (uint16_t i = 0; i < m->dim; i++) e->at.sums[i] = 0;
  for (uint8_t h = 0; h < m->n_heads; h++) a.heads[h] = (attention_sum_t){0, ATTENTION_NO_MAX};
  take_groups(&a);
  take_newest(&a);
  for (uint16_t h = 0; h < m->n_heads; h++) {
    const uint16_t first = (uint16_t)(h * m->head_size);
    attention_output_s16(e->at.q + first, e->at.sums + first, m->head_size, a.heads[h].sum);
  }
}
