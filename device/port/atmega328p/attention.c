/* SPDX-License-Identifier: MIT */
/* Attention over the card's groups of positions (cache.h), then over the newest record, which is in memory.
 */
#include "engine/attention.h"

#include "kernels/arithmetic.h"
#include "port/atmega328p/cache.h"
#include "port/atmega328p/card.h"
#include "port/atmega328p/stream.h"

/* What is where, within attention_bytes: the heads; `initials` for stream_group, or scores in the making;
 * and, of a group, stream_group's memory or what the keys do to the sums of the heads that share them,
 * (position, head). That goes where the projected values were, which have done their work, if it is not
 * larger. */
typedef struct {
  engine_t* engine;
  attention_sum_t* heads;
  uint8_t* initials;
  void* group;
  uint16_t* weights;
  uint8_t* rescale;
  uint16_t layer, pos;
  bool streams; /* stream_group applies */
} attention_t;

static uint16_t initials_bytes(const mcl_image_header_t* m) {
  const uint16_t initials = 3u * m->n_heads;
  const uint16_t scores = (uint16_t)(2u * sizeof(int32_t) * (m->n_heads / m->n_kv_heads));
  return initials > scores ? initials : scores;
}

static uint16_t group_bytes(const mcl_image_header_t* m) {
  const uint16_t any = (uint16_t)(m->n_heads / m->n_kv_heads * 3u * CACHE_GROUP_MAX);
  return any > sizeof(stream_group_t) ? any : sizeof(stream_group_t);
}

/* The group's memory takes the place of the projected values. */
static bool group_replaces_values(const mcl_image_header_t* m) {
  return group_bytes(m) <= 2u * m->n_kv_heads * m->head_size;
}

uint32_t attention_bytes(const mcl_image_header_t* m) {
  return (uint16_t)(m->n_heads * sizeof(attention_sum_t)) + ((initials_bytes(m) + 1u) & ~1u) +
         (group_replaces_values(m) ? 0 : group_bytes(m));
}

/* Sets the initials, and tells whether stream_group may be used with these queries. */
static bool prepare_queries(const engine_t* e, uint8_t* initial) {
  const uint8_t n = (uint8_t)e->model.head_size;
  for (const int16_t* q = e->at.q; q < e->at.q + e->model.dim; q += n, initial += 3) {
    if (!stream_prepare(q, n, initial)) return false;
  }
  return true;
}

/* What a key with this score is worth to a head. */
static void weigh_key(attention_head_t* head, attention_sum_t* kept, int32_t score) {
  head->sum = kept->sum;
  head->max = kept->max;
  head->score = rsh_s32(score, 6);
  attention_softmax(head, false); /* STREAM_NO_MAX makes the first one rise far enough */
  kept->sum = head->sum;
  kept->max = head->max;
}

/* The keys of `together` positions, the first being the i-th of its group, for the heads of one key/value
 * head: element by element, so that no key needs a place. */
static void take_keys(attention_t* a, uint8_t kv_head, uint8_t i, uint8_t together, uint8_t count) {
  const engine_t* e = a->engine;
  const uint16_t n = e->model.head_size;
  const uint8_t heads = e->kv.heads_per_kv_head;
  const int16_t* q = e->at.q + kv_head * heads * n;
  int32_t* const scores = (int32_t*)(void*)a->initials;
  for (uint8_t at = 0; at < together * heads; at++) scores[at] = 0;
  for (uint16_t j = 0; j < n; j++, q++) {
    for (uint8_t at = 0; at < together * heads;) {
      const int8_t key = (int8_t)(card_stream_u8() ^ CACHE_OFFSET);
      for (uint8_t h = 0; h < heads; h++, at++) {
        scores[at] = (int32_t)((uint32_t)scores[at] + (uint32_t)((int32_t)q[h * n] * key));
      }
    }
  }
  for (uint8_t at = 0; at < together * heads && i + at / heads < count; at++) {
    attention_head_t head;
    weigh_key(&head, a->heads + kv_head * heads + at % heads, scores[at]);
    a->weights[i * heads + at] = head.weight;
    a->rescale[i * heads + at] = head.rescale;
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
    take_keys(a, kv_head, i, together, count);
  }
  for (uint16_t i = 0; i < n; i++) {
    for (uint8_t j = 0; j < cache_layout.group; j++) {
      const int8_t value = (int8_t)(card_stream_u8() ^ CACHE_OFFSET);
      if (j < count) take_values(a, kv_head, j, i, 1, &value);
    }
  }
}

static void take_newest(const attention_t* a) {
  const engine_t* e = a->engine;
  const uint16_t n = e->model.head_size;
  const int8_t* key = (const int8_t*)cache_newest.record;
  const int16_t* q = e->at.q;
  int32_t* sums = e->at.sums;
  attention_sum_t* kept = a->heads;
  for (uint8_t g = 0; g < e->model.n_kv_heads; g++, key += n) {
    for (uint8_t j = 0; j < e->kv.heads_per_kv_head; j++, kept++, q += n, sums += n) {
      attention_head_t head;
      weigh_key(&head, kept, attention_score_s8(q, key, n));
      attention_value_s8(sums, key + e->kv.key_bytes, n, &head);
    }
  }
}

static void take_group(attention_t* a, const stream_heads_t* heads, uint8_t count) {
  if (card_left == 0) card_stream_next_block();
  if (a->streams) {
    stream_group(heads, a->group, count);
    card_left = (uint16_t)(card_left - cache_layout.group_bytes);
    return;
  }
  for (uint8_t g = 0; g < heads->kv_heads; g++) take_cached(a, g, count);
}

static void take_groups(attention_t* a) {
  const uint8_t group = cache_layout.group;
  card_stream_open(CARD_CACHE, cache_block(a->layer, 0), 0);
  const engine_t* e = a->engine;
  const stream_heads_t heads = {.q = e->at.q,
                                .sums = e->at.sums,
                                .heads = a->heads,
                                .initials = a->initials,
                                .head_size = (uint8_t)e->model.head_size,
                                .kv_heads = (uint8_t)e->model.n_kv_heads};
  uint16_t in_block = 0;
  for (uint16_t t = 0; t < a->pos; t = (uint16_t)(t + group)) {
    if (in_block == cache_layout.block_positions) {
      card_stream_skip((uint16_t)(CARD_BLOCK_BYTES - cache_layout.block_used));
      in_block = 0;
    }
    const uint16_t left = (uint16_t)(a->pos - t);
    take_group(a, &heads, left < group ? (uint8_t)left : group);
    in_block = (uint16_t)(in_block + group);
  }
  card_stream_close();
}

void attend(engine_t* e, uint16_t layer, uint16_t pos) {
  const mcl_image_header_t* m = &e->model;
  attention_t a = {.engine = e, .heads = e->at.heads, .layer = layer, .pos = pos};
  a.initials = (uint8_t*)(a.heads + m->n_heads);
  a.group = group_replaces_values(m) ? (void*)e->at.v : a.initials + ((initials_bytes(m) + 1u) & ~1u);
  a.weights = a.group;
  a.rescale = (uint8_t*)(a.weights + CACHE_GROUP_MAX * e->kv.heads_per_kv_head);
  a.streams = cache_layout.pairs && prepare_queries(e, a.initials);
  for (uint16_t i = 0; i < m->dim; i++) e->at.sums[i] = 0;
  /* the rescales in stream_group's memory begin at zero, and it leaves them there */
  uint8_t* const group = a.group;
  for (uint8_t i = 0; i < sizeof(stream_group_t); i++) group[i] = 0;
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
