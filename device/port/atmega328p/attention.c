/* SPDX-License-Identifier: MIT */
/* Attention over the card's groups of positions (cache.h), then over the newest record, which is in memory.
 */
#include "engine/attention.h"

#include "kernels/arithmetic.h"
#include "port/atmega328p/cache.h"
#include "port/atmega328p/card.h"
#include "port/atmega328p/stream.h"

/* What is where, within attention_bytes: the heads; then, of a group, stream_group's memory or what the keys
 * do to the sums of the heads that share them, (position, head). The projected values have done their work,
 * and their memory holds keys on their way or, for stream_group, `initials`. */
typedef struct {
  engine_t* engine;
  attention_sum_t* heads;
  uint16_t* weights;
  uint8_t* rescale;
  uint8_t* keys;
  uint16_t layer, pos;
  bool streams; /* stream_group applies */
} attention_t;

static uint16_t group_bytes(const mcl_image_header_t* m) {
  const uint16_t any = (uint16_t)(m->n_heads / m->n_kv_heads * 3u * CACHE_GROUP_MAX);
  return any > sizeof(stream_group_t) ? any : sizeof(stream_group_t);
}

uint32_t attention_bytes(const mcl_image_header_t* m) {
  return m->n_heads * (uint16_t)sizeof(attention_sum_t) + group_bytes(m);
}

/* Sets the initials, and tells whether the products of every head's queries with keys fit 23 bits and a sign.
 */
static bool prepare_queries(const engine_t* e) {
  uint8_t* initial = (uint8_t*)e->at.v;
  const int16_t* q = e->at.q;
  for (uint16_t h = 0; h < e->model.n_heads; h++) {
    uint32_t magnitudes = 0;
    int32_t sum = 0;
    for (uint16_t j = 0; j < e->model.head_size; j++) {
      sum -= *q;
      magnitudes += (uint16_t)(*q < 0 ? -*q : *q);
      q++;
    }
    if (magnitudes > ((1ul << 23) - 64) / 127) return false;
    sum *= 128;
    for (uint8_t i = 0; i < 3; i++) *initial++ = (uint8_t)((uint32_t)sum >> 8 * i);
  }
  return true;
}

/* q times a key whose elements stand `stride` apart, and `flip` away from what they are. */
static int32_t score(const int16_t* q, const uint8_t* key, uint16_t n, uint8_t stride, uint8_t flip) {
  uint32_t sum = 0;
  for (uint16_t j = 0; j < n; j++, key += stride) sum += (uint32_t)((int32_t)q[j] * (int8_t)(*key ^ flip));
  return (int32_t)sum;
}

/* The i-th position of its group, for the heads of one key/value head. */
static void take_key(attention_t* a, uint8_t kv_head, uint8_t i, const uint8_t* key, uint8_t stride,
                     uint8_t flip) {
  engine_t* e = a->engine;
  const uint16_t n = e->model.head_size;
  const uint8_t heads = e->kv.heads_per_kv_head;
  for (uint8_t j = 0; j < heads; j++) {
    attention_sum_t* const kept = a->heads + kv_head * heads + j;
    attention_head_t head = {.sum = kept->sum, .max = kept->max};
    head.score = rsh_s32(score(e->at.q + (kv_head * heads + j) * n, key, n, stride, flip), 6);
    attention_softmax(&head, false); /* STREAM_NO_MAX makes the first one rise far enough */
    *kept = (attention_sum_t){head.sum, head.max};
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

/* `count` positions of one key/value head, streamed. */
static void take_cached(attention_t* a, uint8_t kv_head, uint8_t count) {
  const uint16_t n = a->engine->model.head_size;
  const uint8_t together = cache_layout.pairs ? 2 : 1;
  for (uint8_t i = 0; i < cache_layout.group; i = (uint8_t)(i + together)) {
    card_stream_read(a->keys, (uint16_t)(n * together));
    for (uint8_t j = 0; j < together && i + j < count; j++) {
      take_key(a, kv_head, (uint8_t)(i + j), a->keys + j, together, CACHE_OFFSET);
    }
  }
  for (uint16_t i = 0; i < n; i++) {
    for (uint8_t j = 0; j < cache_layout.group; j++) {
      const int8_t value = (int8_t)(card_stream_u8() ^ CACHE_OFFSET);
      if (j < count) take_values(a, kv_head, j, i, 1, &value);
    }
  }
}

static void take_newest(attention_t* a) {
  const engine_t* e = a->engine;
  const uint16_t n = e->model.head_size;
  const uint8_t* key = cache_newest.record;
  for (uint8_t g = 0; g < e->model.n_kv_heads; g++, key += n) {
    take_key(a, g, 0, key, 1, 0);
    take_values(a, g, 0, 0, n, (const int8_t*)key + e->kv.key_bytes);
  }
}

static void take_group(attention_t* a, uint8_t count) {
  const engine_t* e = a->engine;
  if (card_left == 0) card_stream_next_block();
  if (a->streams) {
    const stream_heads_t heads = {e->at.q,
                                  e->at.sums,
                                  a->heads,
                                  (const uint8_t*)e->at.v,
                                  (uint8_t)e->model.head_size,
                                  (uint8_t)e->model.n_kv_heads};
    stream_group(&heads, (stream_group_t*)(void*)a->weights, count);
    card_left = (uint16_t)(card_left - e->model.n_kv_heads * cache_layout.head_bytes);
    return;
  }
  for (uint8_t g = 0; g < e->model.n_kv_heads; g++) take_cached(a, g, count);
}

static void take_groups(attention_t* a) {
  const uint8_t group = cache_layout.group;
  card_stream_open(CARD_CACHE, cache_block(a->layer, 0), 0);
  uint16_t in_block = 0;
  for (uint16_t t = 0; t < a->pos; t = (uint16_t)(t + group)) {
    if (in_block == cache_layout.block_positions) {
      card_stream_skip((uint16_t)(CARD_BLOCK_BYTES - cache_layout.block_used));
      in_block = 0;
    }
    const uint16_t left = (uint16_t)(a->pos - t);
    take_group(a, left < group ? (uint8_t)left : group);
    in_block = (uint16_t)(in_block + group);
  }
  card_stream_close();
}

void attend(engine_t* e, uint16_t layer, uint16_t pos) {
  const mcl_image_header_t* m = &e->model;
  attention_t a = {.engine = e, .heads = e->at.heads, .keys = (uint8_t*)e->at.v, .layer = layer, .pos = pos};
  a.weights = (uint16_t*)(void*)(a.heads + m->n_heads);
  a.rescale = (uint8_t*)(a.weights + CACHE_GROUP_MAX * e->kv.heads_per_kv_head);
  a.streams = cache_layout.pairs && prepare_queries(e);
  for (uint16_t i = 0; i < m->dim; i++) e->at.sums[i] = 0;
  uint8_t* const group = (uint8_t*)a.weights;
  for (uint16_t i = 0; i < group_bytes(m); i++) group[i] = 0;
  for (uint16_t h = 0; h < m->n_heads; h++) a.heads[h] = (attention_sum_t){0, STREAM_NO_MAX};
  if (pos != 0) take_groups(&a);
  if (a.streams) {
    for (uint16_t h = 0; h < m->n_heads; h++) a.heads[h].max >>= 6;
  }
  take_newest(&a);
  for (uint16_t h = 0; h < m->n_heads; h++) {
    const uint16_t first = (uint16_t)(h * m->head_size);
    attention_output_s16(e->at.q + first, e->at.sums + first, m->head_size, a.heads[h].sum);
  }
}
