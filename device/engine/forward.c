/* SPDX-License-Identifier: MIT */
/* The forward pass, in the steps and with the names of proto/ARITHMETIC.md. A step that returns false was
 * stopped. */
#include "engine/forward.h"

#include "engine/attention.h"
#include "engine/matvec.h"
#include "hal/hal.h"
#include "kernels/arithmetic.h"
#include "proto/bytes.h"
#include "proto/image_fields.h"

/* What a layer begins with (IMAGE.md section 3). */
typedef struct {
  uint8_t att_gain, q, k, v, o, ffn_gain, gate, up, hidden, down;
  uint8_t padding[MCL_LAYER_SHIFTS_BYTES - 10];
} layer_shifts_t;

/* An op is complete: its ticks are counted, and there is a chance to stop. */
static bool op_done(engine_t* e, mcl_op_t op) {
  const uint32_t now = hal_ticks();
  /* a trace runs part of a token again: the profile stays that of the token itself */
  if (!trace_runs(&e->trace)) e->ticks[op] += now - e->ticks_mark;
  e->ticks_mark = now;
  if (trace_complete(&e->trace)) return false;
  return e->keep_running() && !tape_failed(&e->tape) && !kv_cache_failed(&e->kv);
}

/* a = RMSNorm(x), its gains being next on the tape */
static void norm(engine_t* e, uint8_t gain_shift) {
  const mcl_image_header_t* m = &e->model;
  int16_t* a = e->at.a;
  rmsnorm_s16(a, e->at.x, m->dim, m->norm_numerator, m->norm_eps);
  tape_gains(&e->tape, a, m->dim, gain_shift);
}

/* y (rows) = gemv16 of a layer's next matrix with a */
static void project(engine_t* e, int16_t* y, uint16_t rows, uint8_t shift) {
  const matvec_t job = {.x = e->at.a,
                        .cols = e->model.dim,
                        .blocks = rows / 2u,
                        .bits = e->model.layer_bits,
                        .shift = {shift, shift},
                        .emit = matvec_store_s16,
                        .to = y};
  matvec(&e->tape, &job);
}

/* residual x += gemv32 of a layer's next matrix with y (cols) */
static void project_back(engine_t* e, const int16_t* y, uint16_t cols, uint8_t shift) {
  const matvec_t job = {.x = y,
                        .cols = cols,
                        .blocks = e->model.dim / 2u,
                        .bits = e->model.layer_bits,
                        .shift = {shift, shift},
                        .emit = matvec_add_s32,
                        .to = e->at.x};
  matvec(&e->tape, &job);
}

/* The op's result is v (n): offered to the trace, then the op is complete. */
static bool vector_done(engine_t* e, mcl_op_t op, uint16_t layer, const int16_t* v, uint16_t n) {
  if (trace_wants(&e->trace, op, layer)) trace_s16(&e->trace, n, 0, v, n);
  return op_done(e, op);
}

/* The same where the result is the residual. */
static bool residual_done(engine_t* e, mcl_op_t op, uint16_t layer) {
  if (trace_wants(&e->trace, op, layer)) trace_s32(&e->trace, e->model.dim, 0, e->at.x, e->model.dim);
  return op_done(e, op);
}

/* q' of section 6, in place */
static void rotate_queries(engine_t* e) {
  const uint16_t n = e->model.head_size;
  for (int16_t *q = e->at.q, *end = q + e->model.dim; q != end; q += n) rotate_s16(q, e->at.rotation, n);
}

/* The record's keys or values, `narrow` int8, else int16, are offered to the trace. */
static void trace_record(engine_t* e, mcl_op_t op, uint16_t layer, bool narrow, const void* elements) {
  if (!trace_wants(&e->trace, op, layer)) return;
  const uint16_t n = e->model.kv_dim;
  for (uint16_t j = 0; j < n; j++) {
    const int16_t element = narrow ? ((const int8_t*)elements)[j] : ((const int16_t*)elements)[j];
    trace_element(&e->trace, n, j, element);
    (void)element;
  }
}

/* K of section 6, in place: the record begins where k is and never reaches the projected keys that are still
 * to come. k_centre is next on the tape, and waits where v will be. */
static void rotate_keys(engine_t* e, uint16_t layer) {
  const bool narrow = MCL_KV_LAST == MCL_KV_K8V8 || e->model.kv_format == MCL_KV_K8V8;
  const uint16_t n = e->model.head_size;
  const int16_t* centre = e->at.v;
  int16_t *k = e->at.k, *const end = k + e->model.kv_dim;
  int8_t* narrow_key = (int8_t*)k;
  tape_s16(&e->tape, e->at.v, e->model.kv_dim);
  for (; k != end; k += n, narrow_key += n, centre += n) {
    if (narrow) {
      rotate_key_s8(narrow_key, k, e->at.rotation, centre, n);
    } else {
      rotate_key_s16(k, e->at.rotation, centre, n);
    }
  }
  trace_record(e, MCL_OP_K_CACHE, layer, narrow, e->at.k);
}

/* V of section 6, behind K */
static void store_values(engine_t* e, uint16_t layer) {
  const bool narrow = MCL_KV_LAST == MCL_KV_K8V8 || e->model.kv_format != MCL_KV_K16V16;
  void* const values = (uint8_t*)e->at.k + e->kv.key_bytes;
  int8_t* narrow_value = values;
  int16_t* value = values;
  const int16_t *v = e->at.v, *const end = v + e->model.kv_dim;
  for (; v != end; v++) {
    if (narrow) {
      *narrow_value++ = sat_s8(rsh_s32(*v, 8));
    } else {
      *value++ = *v;
    }
  }
  trace_record(e, MCL_OP_V_CACHE, layer, narrow, values);
}

static void gate_and_up(engine_t* e, uint16_t layer, const layer_shifts_t* shifts) {
  const gate_up_t gate_up = {
      .gate_frac = e->model.gate_frac, .hidden_shift = shifts->hidden, .layer = layer, .trace = TRACE_OF(e)};
  const matvec_t job = {.x = e->at.a,
                        .cols = e->model.dim,
                        .blocks = e->model.hidden_dim,
                        .bits = e->model.layer_bits,
                        .shift = {shifts->gate, shifts->up},
                        .emit = matvec_store_hidden,
                        .to = e->at.hidden,
                        .gate_up = &gate_up};
  matvec(&e->tape, &job);
}

/* sine and cosine of every rotary pair at this position, in the place of its step */
void forward_rotation(engine_t* e, uint16_t pos) {
  int16_t* turn = e->at.rotation;
  const int16_t* const end = turn + e->model.head_size;
  tape_seek(&e->tape, MCL_AT_ROPE_STEP);
  tape_read(&e->tape, turn, (uint16_t)(2u * e->model.head_size));
  for (; turn != end; turn += 2) {
    const uint32_t phase = pos * mcl_get_u32((const uint8_t*)turn);
    turn[0] = sine_q14(phase);
    turn[1] = sine_q14(phase + ((uint32_t)1 << 30));
  }
}

/* Section 3: x = row `token` of the embedding. */
bool forward_embed(engine_t* e, uint16_t token) {
  const mcl_image_header_t* m = &e->model;
  const uint16_t row_bytes = matvec_row_bytes(m->dim, m->embedding_bits);
  const uint16_t block_bytes = (uint16_t)(2u * row_bytes + 4u);
  const uint32_t matrix = m->shared_classifier ? m->classifier_offset + 2u * m->dim : m->embedding_offset;
  /* the block waits where nothing is yet */
  uint8_t* const block = (uint8_t*)e->at.k;
  tape_seek(&e->tape, matrix + (uint32_t)(token / 2u) * block_bytes);
  tape_read(&e->tape, block, block_bytes);
  const uint8_t* row = block;
  const uint8_t* multiplier = block + 2u * row_bytes;
  if (token % 2u != 0) {
    row += row_bytes;
    multiplier += 2;
  }
  const int32_t scale = mcl_get_u16(multiplier);
  for (uint16_t i = 0; i < m->dim; i++) {
    uint8_t w = *row;
    if (m->embedding_bits == 8) {
      row++;
    } else if (i % 2u == 0) {
      w = (uint8_t)(w << 4);
    } else {
      row++;
    }
    const int8_t weight = m->embedding_bits == 8 ? (int8_t)w : (int8_t)((int8_t)w >> 4);
    e->at.x[i] = rsh_s32(weight * scale, m->embed_shift);
  }
  return residual_done(e, MCL_OP_EMBED, 0);
}

/* Sections 4 to 8 on x. */
bool forward_layer(engine_t* e, uint16_t layer, uint16_t pos) {
  const mcl_image_header_t* m = &e->model;
  activations_t* at = &e->at;
  tape_seek(&e->tape, m->layers_offset + layer * m->layer_bytes);
  layer_shifts_t shifts;
  tape_read(&e->tape, &shifts, sizeof shifts);

  /* 4. normalise */
  norm(e, shifts.att_gain);
  if (!vector_done(e, MCL_OP_ATT_NORM, layer, at->a, m->dim)) return false;

  /* 5. queries, keys, values; 6. turned to this position, as the tape brings them */
  project(e, at->q, m->dim, shifts.q);
  if (!vector_done(e, MCL_OP_Q, layer, at->q, m->dim)) return false;
  rotate_queries(e);
  if (!vector_done(e, MCL_OP_Q_ROPE, layer, at->q, m->dim)) return false;

  project(e, at->k, m->kv_dim, shifts.k);
  if (!vector_done(e, MCL_OP_K, layer, at->k, m->kv_dim)) return false;
  rotate_keys(e, layer);
  if (!op_done(e, MCL_OP_K_CACHE)) return false;

  project(e, at->v, m->kv_dim, shifts.v);
  if (!vector_done(e, MCL_OP_V, layer, at->v, m->kv_dim)) return false;
  store_values(e, layer);
  kv_cache_write(&e->kv, layer, pos, (uint8_t*)at->k);
  if (!op_done(e, MCL_OP_V_CACHE)) return false;

  /* 7. attention, added to the residual; scores and sums are one op here */
  attend(e, layer, pos);
  if (!vector_done(e, MCL_OP_ATTENTION, layer, at->q, m->dim)) return false;
  project_back(e, at->q, m->dim, shifts.o);
  kv_cache_flush(&e->kv);
  if (!residual_done(e, MCL_OP_ATT_RESIDUAL, layer)) return false;

  /* 8. feed-forward, added to the residual; gate, up and hidden are one op here */
  norm(e, shifts.ffn_gain);
  if (!vector_done(e, MCL_OP_FFN_NORM, layer, at->a, m->dim)) return false;
  gate_and_up(e, layer, &shifts);
  if (!vector_done(e, MCL_OP_HIDDEN, layer, at->hidden, m->hidden_dim)) return false;
  project_back(e, at->hidden, m->hidden_dim, shifts.down);
  return residual_done(e, MCL_OP_FFN_RESIDUAL, layer);
}

/* The first of the greatest so far takes in rows `first`.. */
static void take_maximum(engine_t* e, uint16_t first, uint8_t count) {
  int32_t max = e->max;
  const int32_t* row = e->at.rows;
  for (; count != 0; count--, first++, row++) {
    if (*row <= max) continue;
    max = *row;
    e->argmax = first;
  }
  e->max = max;
}

/* Section 9 after the layers: logits, their CRC, the first of the greatest. */
bool forward_classify(engine_t* e) {
  const mcl_image_header_t* m = &e->model;
  tape_seek(&e->tape, m->classifier_offset);
  norm(e, m->final_gain_shift);
  if (!vector_done(e, MCL_OP_FINAL_NORM, 0, e->at.a, m->dim)) return false;

  matvec_t job = {.x = e->at.a,
                  .cols = m->dim,
                  .bits = m->classifier_bits,
                  .shift = {m->classifier_shift, m->classifier_shift},
                  .emit = matvec_store_s32,
                  .to = e->at.rows};
  e->logits_crc = 0;
  e->max = INT32_MIN;
  e->argmax = 0;
  logits_begin_writing(&e->logits);
  const uint16_t last = (uint16_t)(m->vocab_size - 1);
  for (uint16_t first = 0;; first = (uint16_t)(first + ENGINE_LOGIT_ROWS)) {
    const uint16_t behind = (uint16_t)(last - first);
    const uint8_t rows = behind < ENGINE_LOGIT_ROWS ? (uint8_t)(behind + 1) : (uint8_t)ENGINE_LOGIT_ROWS;
    job.blocks = (uint8_t)(rows + 1) / 2u;
    matvec(&e->tape, &job);
    take_maximum(e, first, rows);
    e->logits_crc = crc32_s32(e->logits_crc, e->at.rows, rows);
    if (e->keep_logits) logits_write(&e->logits, e->at.rows, rows);
    if (trace_wants(&e->trace, MCL_OP_LOGITS, 0)) {
      trace_s32(&e->trace, m->vocab_size, first, e->at.rows, rows);
    }
    if (!e->keep_running()) return false;
    if (behind < ENGINE_LOGIT_ROWS) break;
  }
  return op_done(e, MCL_OP_LOGITS);
}
