/* SPDX-License-Identifier: MIT */
#include "engine/engine.h"

#include "engine/forward.h"
#include "hal/hal.h"

mcl_status_t engine_load(engine_t* e, const mcl_image_header_t* model, uint8_t* arena, uint32_t arena_bytes) {
  engine_plan_t plan;
  engine_plan(&plan, model, arena);
  if (plan.needed > arena_bytes) return MCL_ERR_MEMORY;
  if (!tape_open(&e->tape)) return MCL_ERR_STORE;

  e->model = *model;
  e->at = plan.at;
  kv_cache_open(&e->kv, model, arena + (arena_bytes - plan.kv_bytes));
  logits_open(&e->logits, model->vocab_size, arena + plan.vectors_bytes);
  tape_keep(&e->tape, model, arena + (plan.needed - plan.kv_bytes), arena_bytes - plan.needed);
  e->positions = 0;
#ifndef MCL_LEAN
  e->last.run = ENGINE_RAN_NOTHING;
  e->trace.op = TRACE_NO_OP;
  e->trace.total = 0;
#endif
  return MCL_OK;
}

/* false: the image cannot be read. It is opened for each run, so that a failed one may be tried again. */
static bool start(engine_t* e) {
  for (uint8_t op = 0; op < MCL_OP_COUNT && !trace_runs(&e->trace); op++) e->ticks[op] = 0;
  e->ticks_mark = hal_ticks();
  return tape_open(&e->tape);
}

/* Why a run ended: in success, by the end of a trace, or early. */
static mcl_status_t finish(const engine_t* e, bool complete) {
  if (complete || trace_complete(&e->trace)) return MCL_OK;
  return tape_failed(&e->tape) || kv_cache_failed(&e->kv) ? MCL_ERR_STORE : MCL_ERR_ABORTED;
}

static bool run_layers(engine_t* e, uint16_t token, uint16_t pos) {
  if (!start(e)) return false;
  forward_rotation(e, pos);
  if (!forward_embed(e, token)) return false;
  for (uint16_t layer = 0; layer < e->model.n_layers; layer++) {
    if (!forward_layer(e, layer, pos)) return false;
  }
  e->state_crc = crc32_s32(0, e->at.x, e->model.dim);
  e->positions = (uint16_t)(pos + 1);
  return true;
}

static bool run_layer(engine_t* e, uint16_t layer, uint16_t pos) {
  if (!start(e)) return false;
  forward_rotation(e, pos);
  if (!forward_layer(e, layer, pos)) return false;
  e->state_crc = crc32_s32(0, e->at.x, e->model.dim);
  return true;
}

/* What runs again for a trace. */
static void remember(engine_t* e, engine_run_t run, uint16_t token, uint16_t layer, uint16_t pos) {
#ifndef MCL_LEAN
  e->last.run = (uint8_t)run;
  e->last.token = token;
  e->last.layer = layer;
  e->last.pos = pos;
#else
  (void)e;
  (void)run;
  (void)token;
  (void)layer;
  (void)pos;
#endif
}

/* Positions from pos on hold something else as soon as a run begins. */
static void overwrite_from(engine_t* e, uint16_t pos) {
  if (e->positions > pos) e->positions = pos;
}

mcl_status_t engine_layer(engine_t* e, uint16_t layer, uint16_t pos) {
  remember(e, ENGINE_RAN_LAYER, 0, layer, pos);
  overwrite_from(e, pos);
  return finish(e, run_layer(e, layer, pos));
}

mcl_status_t engine_prefill(engine_t* e, uint16_t token, uint16_t pos) {
  remember(e, ENGINE_RAN_PREFILL, token, 0, pos);
  overwrite_from(e, pos);
  return finish(e, run_layers(e, token, pos));
}

mcl_status_t engine_token(engine_t* e, uint16_t token, uint16_t pos, bool keep_logits) {
  e->keep_logits = keep_logits;
  remember(e, ENGINE_RAN_TOKEN, token, 0, pos);
  overwrite_from(e, pos);
  return finish(e, run_layers(e, token, pos) && forward_classify(e));
}

uint16_t engine_sample(engine_t* e, sampler_t* sampler) {
  sampler->max = e->max;
  /* the residual is not needed any more, nor what stands behind it */
  return sampler_choose(sampler, &e->logits, (sampler_work_t*)(void*)e->at.x);
}

#ifndef MCL_LEAN

static mcl_status_t run_again(engine_t* e) {
  switch ((engine_run_t)e->last.run) {
    case ENGINE_RAN_LAYER:
      return engine_layer(e, e->last.layer, e->last.pos);
    case ENGINE_RAN_PREFILL:
      return engine_prefill(e, e->last.token, e->last.pos);
    case ENGINE_RAN_TOKEN:
      return engine_token(e, e->last.token, e->last.pos, false);
    case ENGINE_RAN_NOTHING:
      break;
  }
  return MCL_ERR_STATE;
}

mcl_status_t engine_trace(engine_t* e, trace_t* trace) {
  const uint16_t positions = e->positions;
  trace->total = 0;
  e->trace = *trace;
  const mcl_status_t status = run_again(e);
  trace->total = e->trace.total;
  e->trace.op = TRACE_NO_OP;
  e->trace.total = 0;
  /* the cache holds what it held before: the same token wrote the same values */
  if (status == MCL_OK) e->positions = positions;
  return status;
}

#endif
