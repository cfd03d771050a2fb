/* SPDX-License-Identifier: MIT */
#include "engine/plan.h"

static uint32_t greater(uint32_t a, uint32_t b) { return a > b ? a : b; }

void engine_plan(engine_plan_t* plan, const mcl_image_header_t* model) {
  const uint32_t dim = model->dim, kv_dim = (uint32_t)model->n_kv_heads * model->head_size;

  plan->rotation = 4 * dim;
  plan->a = plan->rotation + 2u * model->head_size;
  /* attention: the sums come after the last use of `a` */
  plan->sums = plan->a;
  plan->heads = plan->sums + 4 * dim;
  plan->q = plan->heads + model->n_heads * (uint32_t)sizeof(attention_head_t);
  plan->k = plan->q + 2 * dim;
  plan->v = plan->k + 2 * kv_dim;
  const uint32_t attention_end = plan->v + 2 * kv_dim;
  /* feed-forward */
  plan->hidden = plan->a + 2 * dim;
  const uint32_t feed_forward_end = plan->hidden + 2u * model->hidden_dim;
  /* classifier */
  plan->rows = plan->a + 2 * dim;
  const uint32_t classifier_end = plan->rows + 4u * ENGINE_LOGIT_ROWS;
  /* sampler: its bins stand where x was */
  const uint32_t sampler_end = SAMPLER_BINS * (uint32_t)sizeof(uint64_t);

  uint32_t end = greater(greater(attention_end, feed_forward_end), greater(classifier_end, sampler_end));
  end = (end + 3u) & ~(uint32_t)3u;
  plan->logits = end;
  end += logits_bytes(model->vocab_size);
  plan->kv_bytes = kv_cache_bytes(model);
  plan->needed = plan->kv_bytes > UINT32_MAX - end ? UINT32_MAX : end + plan->kv_bytes;
}

void engine_place(activations_t* at, const engine_plan_t* plan, uint8_t* arena) {
  void* const base = arena;
  uint8_t* const from = base;
  at->x = (int32_t*)base;
  at->rotation = (int16_t*)(void*)(from + plan->rotation);
  at->a = (int16_t*)(void*)(from + plan->a);
  at->sums = (int32_t*)(void*)(from + plan->sums);
  at->heads = (attention_head_t*)(void*)(from + plan->heads);
  at->q = (int16_t*)(void*)(from + plan->q);
  at->k = (int16_t*)(void*)(from + plan->k);
  at->v = (int16_t*)(void*)(from + plan->v);
  at->hidden = (int16_t*)(void*)(from + plan->hidden);
  at->rows = (int32_t*)(void*)(from + plan->rows);
}
