/* SPDX-License-Identifier: MIT */
/* Attention over the card's groups of positions (cache.h), or over its records one by one; then over the
 * newest record, which is in memory. */
#include "engine/attention.h"

#include "kernels/arithmetic.h"
#include "port/atmega328p/cache.h"
#include "port/atmega328p/card.h"
#include "port/atmega328p/stream.h"

/* stream_group's memory takes the place of the projected values, which have done their work, if it is not
 * larger. */
static bool group_replaces_values(const mcl_image_header_t* m) {
  return sizeof(stream_group_t) <= 2u * m->kv_dim;
}

/* The heads, their initials for stream_group, and its memory. */
uint32_t attention_bytes(const mcl_image_header_t* m) {
  const uint16_t heads = (uint16_t)(m->n_heads * (sizeof(attention_sum_t) + STREAM_INITIAL_BYTES));
  return group_replaces_values(m) ? heads : heads + sizeof(stream_group_t);
}

/* Sets the initials, and tells whether stream_group may be used with these queries. */
static bool prepare_queries(const engine_t* e, uint8_t* initial) {
  const uint8_t n = (uint8_t)e->model.head_size;
  for (const int16_t* q = e->at.q; q < e->at.q + e->model.dim; q += n, initial += STREAM_INITIAL_BYTES) {
    if (!stream_prepare(q, n, initial)) return false;
  }
  return true;
}

/* All heads take in the record of this position. */
static void take_record(const engine_t* e, uint16_t pos, const uint8_t* record) {
  const uint8_t n = (uint8_t)e->model.head_size;
  const int16_t* q = e->at.q;
  int32_t* sums = e->at.sums;
  attention_sum_t* kept = e->at.heads;
  const int8_t* key = (const int8_t*)record;
  for (const int8_t* const end = key + e->kv.key_bytes; key != end; key += n) {
    for (uint8_t left = e->kv.heads_per_kv_head; left != 0; left--, kept++, q += n, sums += n) {
      attention_head_t head = {
          .score = rsh_s32(attention_score_s8(q, key, n), 6), .sum = kept->sum, .max = kept->max};
      attention_softmax(&head, pos == 0);
      attention_value_s8(sums, key + e->kv.key_bytes, n, &head);
      kept->sum = head.sum;
      kept->max = head.max;
    }
  }
}

/* The positions before pos, group after group. */
static void take_groups(const engine_t* e, uint16_t layer, uint16_t pos, stream_group_t* group,
                        const uint8_t* initials) {
  const stream_heads_t heads = {.q = e->at.q,
                                .sums = e->at.sums,
                                .heads = e->at.heads,
                                .initials = initials,
                                .head_size = (uint8_t)e->model.head_size,
                                .kv_heads = (uint8_t)e->model.n_kv_heads};
  const uint16_t group_bytes = (uint16_t)(2u * CACHE_GROUP * e->kv.key_bytes);
  card_stream_open(CARD_CACHE, cache_block(layer, 0), 0);
  for (;;) {
    stream_group(&heads, group, pos < CACHE_GROUP ? (uint8_t)pos : CACHE_GROUP);
    card_left = (uint16_t)(card_left - group_bytes);
    if (pos <= CACHE_GROUP) return;
    pos = (uint16_t)(pos - CACHE_GROUP);
    if (card_left < group_bytes) {
      card_stream_skip(card_left);
      card_stream_next_block();
    }
  }
}

void attend(engine_t* e, uint16_t layer, uint16_t pos) {
  const mcl_image_header_t* m = &e->model;
  attention_sum_t* const heads = e->at.heads;
  attention_sum_t* const heads_end = heads + m->n_heads;
  uint8_t* const initials = (uint8_t*)heads_end;
  for (int32_t* sum = e->at.sums; sum != e->at.sums + m->dim; sum++) *sum = 0;
  for (attention_sum_t* h = heads; h != heads_end; h++) *h = (attention_sum_t){0, STREAM_NO_MAX};
  if (pos != 0 && cache_layout.pairs && prepare_queries(e, initials)) {
    uint8_t* const group =
        group_replaces_values(m) ? (uint8_t*)e->at.v : initials + STREAM_INITIAL_BYTES * m->n_heads;
    /* the rescales in it begin at zero, and stream_group leaves them there */
    for (uint8_t i = 0; i < sizeof(stream_group_t); i++) group[i] = 0;
    take_groups(e, layer, pos, (stream_group_t*)group, initials);
    for (attention_sum_t* h = heads; h != heads_end; h++) h->max >>= 6;
  } else {
    /* the projected values have done their work */
    for (uint16_t t = 0; t < pos; t++) {
      cache_read(&e->kv, layer, t, (uint8_t*)e->at.v);
      take_record(e, t, (const uint8_t*)e->at.v);
    }
  }
  take_record(e, pos, cache_newest.record);
  const attention_sum_t* h = heads;
  int16_t* q = e->at.q;
  for (const int32_t* sums = e->at.sums; h != heads_end; h++, q += m->head_size, sums += m->head_size) {
    attention_output_s16(q, sums, m->head_size, h->sum);
  }
}
