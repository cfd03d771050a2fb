/* SPDX-License-Identifier: MIT */
#include "engine/attention.h"

/* Addresses are numbers here, because those of an arena that is too small would not be pointers. */
static uintptr_t greater(uintptr_t a, uintptr_t b) { return a > b ? a : b; }

static uintptr_t whole_words(uintptr_t bytes) { return (bytes + 3u) & ~(uintptr_t)3u; }

void engine_plan(engine_plan_t* plan, const mcl_image_header_t* model, void* arena) {
  const uintptr_t dim = model->dim, base = (uintptr_t)arena;
  const uintptr_t kv_dim = model->kv_dim;
  activations_t* at = &plan->at;
  if (sizeof(uintptr_t) == 2 && (dim > 1024 || model->hidden_dim > 4096)) {
    plan->needed = UINT32_MAX; /* far too much */
    return;
  }

  uintptr_t next = base;
  at->x = (int32_t*)next;
  next += 4 * dim;
  at->rotation = (int16_t*)next;
  next += 2u * model->head_size;
  /* attention; the cache may want to work on the record, which begins at k, and on what follows. Feed-forward
   * and classifier take the same place */
  const uintptr_t shared = next;
  at->k = (int16_t*)next;
  next += 2 * kv_dim;
  at->v = (int16_t*)next;
  next += 2 * kv_dim;
  at->q = (int16_t*)next;
  next += 2 * dim;
  const uintptr_t sums = next;
  at->sums = (int32_t*)next;
  next += 4 * dim;
  at->heads = (void*)next;
  next += (uintptr_t)attention_bytes(model);
  next = greater(next, shared + (uintptr_t)kv_cache_scratch_bytes(model));
  /* `a` is behind all outputs, and where the sums will be: those come after its last use */
  const uintptr_t outputs =
      greater(whole_words(2u * (uintptr_t)model->hidden_dim), sizeof(int32_t) * ENGINE_LOGIT_ROWS);
  const uintptr_t a = greater(sums, shared + outputs);
  at->a = (int16_t*)a;
  next = greater(next, a + 2 * dim);
  next = greater(next, base + sizeof(sampler_work_t)); /* where x was */

  plan->vectors_bytes = (uint32_t)whole_words(next - base);
  plan->kv_bytes = kv_cache_bytes(model);
  const uint32_t end = plan->vectors_bytes + logits_bytes(model->vocab_size);
  plan->needed = plan->kv_bytes > UINT32_MAX - end ? UINT32_MAX : end + plan->kv_bytes;
}
