/* SPDX-License-Identifier: MIT */
#include "engine/plan.h"

#include "engine/attention.h"

static arena_offset_t greater(arena_offset_t a, arena_offset_t b) { return a > b ? a : b; }

void engine_plan(engine_plan_t* plan, const mcl_image_header_t* model) {
  const arena_offset_t dim = model->dim;
  const arena_offset_t kv_dim = (arena_offset_t)(model->n_kv_heads * (arena_offset_t)model->head_size);
  if (sizeof(arena_offset_t) == 2 && (dim > 1024 || model->hidden_dim > 4096)) {
    plan->needed = UINT32_MAX; /* far too much */
    return;
  }

  plan->rotation = (arena_offset_t)(4 * dim);
  /* attention; the cache may want to work on the record, which begins at k, and on what follows */
  plan->k = (arena_offset_t)(plan->rotation + 2u * model->head_size);
  plan->v = (arena_offset_t)(plan->k + 2 * kv_dim);
  plan->q = (arena_offset_t)(plan->v + 2 * kv_dim);
  plan->sums = (arena_offset_t)(plan->q + 2 * dim);
  plan->heads = (arena_offset_t)(plan->sums + 4 * dim);
  const arena_offset_t attention_end = greater((arena_offset_t)(plan->heads + attention_bytes(model)),
                                               (arena_offset_t)(plan->k + kv_cache_scratch_bytes(model)));
  /* feed-forward and classifier take the same place; `a` is behind theirs, and where the sums will be: those
   * come after its last use */
  plan->hidden = plan->k;
  plan->rows = plan->k;
  const arena_offset_t hidden_bytes = (arena_offset_t)((2u * (arena_offset_t)model->hidden_dim + 3u) & ~3u);
  const arena_offset_t outputs_end = greater((arena_offset_t)(plan->hidden + hidden_bytes),
                                             (arena_offset_t)(plan->rows + 4u * ENGINE_LOGIT_ROWS));
  plan->a = greater(plan->sums, outputs_end);
  const arena_offset_t a_end = (arena_offset_t)(plan->a + 2 * dim);
  const arena_offset_t sampler_end = sizeof(sampler_work_t); /* where x was */

  uint32_t end = greater(greater(attention_end, a_end), sampler_end);
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
  at->heads = from + plan->heads;
  at->q = (int16_t*)(void*)(from + plan->q);
  at->k = (int16_t*)(void*)(from + plan->k);
  at->v = (int16_t*)(void*)(from + plan->v);
  at->hidden = (int16_t*)(void*)(from + plan->hidden);
  at->rows = (int32_t*)(void*)(from + plan->rows);
}
