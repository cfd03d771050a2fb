/* SPDX-License-Identifier: MIT */
/* engine/attention.h on two cores, half of the heads each. A head goes over the keys in groups: first all
 * scores of a group, then their weights, then the values. Where heads are no whole words, or values have 16
 * bits, the plain kernels do the work of a group, key by key. */
#include "engine/attention.h"

#include "kernels/arch/armv6m/attention_words.h"
#include "kernels/arithmetic.h"
#include "port/rp2/second_core.h"

enum { KEYS = 32, HEAD_MAX = 128 }; /* of a group; elements of a head */

/* One head on its way over the keys. */
typedef struct {
  engine_t* engine;
  attention_head_t state;
  uint16_t index, layer;
  uint32_t keys;              /* in all */
  const uint8_t *key, *value; /* of the next record, this head's part */
  uint32_t stride;            /* of records */
  const int16_t* q;
  int32_t* sums;
  int32_t y[HEAD_MAX];
  int32_t excess; /* of the scores */
  int32_t scores[KEYS];
  uint16_t weights[KEYS];
} head_t;

static struct {
  engine_t* engine;
  uint16_t layer, pos;
} shared;
static head_t heads[2]; /* of each core */

uint32_t attention_bytes(const mcl_image_header_t* model) {
  (void)model;
  return 0;
}

static bool narrow_keys(const head_t* head) { return head->engine->model.kv_format == MCL_KV_K8V8; }

static bool by_words(const head_t* head) { return head->engine->model.head_size % 4u == 0; }

static void open_head(head_t* head, uint16_t index) {
  engine_t* const e = shared.engine;
  const kv_cache_t* const cache = &e->kv;
  const uint16_t n = e->model.head_size;
  const uint32_t element = (uint32_t)(index / cache->heads_per_kv_head) * n;
  const uint8_t* const records = cache->records + shared.layer * cache->layer_bytes;
  head->engine = e;
  head->index = index;
  head->layer = shared.layer;
  head->keys = (uint32_t)shared.pos + 1;
  head->stride = ((uint32_t)cache->key_bytes + cache->value_bytes + 3u) & ~(uint32_t)3u;
  head->key = records + element * (cache->format == MCL_KV_K8V8 ? 1u : 2u);
  head->value = records + cache->key_bytes + element * (cache->format == MCL_KV_K16V16 ? 2u : 1u);
  head->q = e->at.q + index * n;
  head->sums = e->at.sums + index * n;
  for (uint16_t j = 0; j < n; j++) head->sums[j] = 0;
  if (!by_words(head)) return;
  head->excess =
      narrow_keys(head) ? score_prepare_s8(head->y, head->q, n) : score_prepare_s16(head->y, head->q, n);
}

/* scores = the dot products of the next n keys */
static void scores_of(head_t* head, uint16_t n) {
  const uint16_t size = head->engine->model.head_size;
  const records_t records = {head->stride, n};
  const int32_t begin = (int32_t)(0u - (uint32_t)head->excess);
  int32_t* score = head->scores;
  for (const int32_t* const end = score + n; score < end; score += 4) { /* KEYS is a multiple of 4 */
    score[0] = begin;
    score[1] = begin;
    score[2] = begin;
    score[3] = begin;
  }
  for (uint16_t j = 0; by_words(head) && j < size; j = (uint16_t)(j + 4)) {
    if (narrow_keys(head)) {
      score_words_s8(head->scores, head->key + j, head->y + j, &records);
    } else {
      score_words_s16(head->scores, head->key + 2 * j, head->y + j, &records);
    }
  }
  for (uint16_t t = 0; !by_words(head) && t < n; t++) {
    const uint8_t* const key = head->key + t * head->stride;
    head->scores[t] = narrow_keys(head)
                          ? attention_score_s8(head->q, (const int8_t*)key, size)
                          : attention_score_s16(head->q, (const int16_t*)(const void*)key, size);
  }
}

/* The values of keys from..to-1 of the group, whose weights count from the same maximum. */
static void values_of(head_t* head, uint16_t from, uint16_t to, uint32_t weight_sum) {
  const uint16_t size = head->engine->model.head_size;
  const uint8_t* value = head->value + from * head->stride;
  if (from == to) return;
  if (by_words(head) && head->engine->model.kv_format != MCL_KV_K16V16) {
    const records_t records = {head->stride, (uint32_t)(to - from)};
    value_words_s8(head->sums, value, head->weights + from, &records, weight_sum, size / 4u);
    return;
  }
  for (uint16_t t = from; t < to; t++, value += head->stride) {
    const attention_head_t one = {.weight = head->weights[t]};
    if (head->engine->model.kv_format == MCL_KV_K16V16) {
      attention_value_s16(head->sums, (const int16_t*)(const void*)value, size, &one);
    } else {
      attention_value_s8(head->sums, (const int8_t*)value, size, &one);
    }
  }
}

static void shift_sums(head_t* head) {
  const uint8_t shift = head->state.rescale;
  int32_t* sum = head->sums;
  for (const int32_t* const end = sum + head->engine->model.head_size; sum != end; sum++) *sum >>= shift;
}

/* Weights of keys from t on, of the n of this group, up to the first that raises the maximum; how many. */
static uint16_t weigh_run(head_t* head, uint16_t t, uint16_t n, uint32_t* weight_sum) {
  softmax_run_t run = {.max = head->state.max, .shift = narrow_keys(head) ? 6u : 12u};
  const uint32_t done = softmax_run(head->scores + t, head->weights + t, (uint32_t)(n - t), &run);
  head->state.sum += run.sum;
  *weight_sum += run.sum;
  return (uint16_t)done;
}

/* Section 7 for n keys from key `first` on. Values wait until the maximum rises, or the group ends. */
static void attend_group(head_t* head, uint32_t first, uint16_t n) {
  const uint8_t score_shift = narrow_keys(head) ? 6 : 12;
  trace_t* const trace = &head->engine->trace;
  const bool traced = trace_wants(trace, MCL_OP_SCORE, head->layer);
  const uint32_t heads_in_all = head->engine->model.n_heads;
  uint16_t waiting = 0; /* first key whose value has not been added */
  uint32_t weight_sum = 0;
  scores_of(head, n);
  for (uint16_t t = 0; t < n; t++) {
    if (!traced && first + t != 0) {
      t = (uint16_t)(t + weigh_run(head, t, n, &weight_sum));
      if (t == n) break;
    }
    head->state.score = rsh_s32(head->scores[t], score_shift);
    attention_softmax(&head->state, first + t == 0);
    if (traced)
      trace_element(trace, heads_in_all * head->keys, head->index * head->keys + first + t,
                    head->state.score);
    if (head->state.rescale != 0) {
      values_of(head, waiting, t, weight_sum);
      shift_sums(head);
      waiting = t;
      weight_sum = 0;
    }
    head->weights[t] = head->state.weight;
    weight_sum += head->state.weight;
  }
  values_of(head, waiting, n, weight_sum);
}

static void attend_head(head_t* head, uint16_t index) {
  open_head(head, index);
  for (uint32_t first = 0; first < head->keys; first += KEYS) {
    const uint32_t left = head->keys - first;
    const uint16_t n = left < KEYS ? (uint16_t)left : (uint16_t)KEYS;
    attend_group(head, first, n);
    head->key += n * head->stride;
    head->value += n * head->stride;
  }
}

/* All queries are read before the outputs take their place: heads are apart, so each may take its own at
 * once. */
static void attend_heads(uint16_t from, uint16_t to, head_t* head) {
  engine_t* const e = shared.engine;
  const uint16_t n = e->model.head_size;
  for (uint16_t h = from; h < to; h++) {
    attend_head(head, h);
    attention_output_s16(e->at.q + h * n, e->at.sums + h * n, n, head->state.sum);
  }
}

static void attend_second_core(void) {
  const uint16_t n_heads = shared.engine->model.n_heads;
  attend_heads((uint16_t)(n_heads / 2u), n_heads, &heads[1]);
}

void attend(engine_t* e, uint16_t layer, uint16_t pos) {
  shared.engine = e;
  shared.layer = layer;
  shared.pos = pos;
  second_core_start(attend_second_core);
  attend_heads(0, (uint16_t)(e->model.n_heads / 2u), &heads[0]);
  second_core_wait();
}
