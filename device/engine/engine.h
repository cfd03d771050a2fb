/* SPDX-License-Identifier: MIT */
/* The integer Llama of proto/ARITHMETIC.md on a model image, in memory that the caller gives.
 *
 *   workspace, grows from the arena's start                                  end of the arena
 *   | x | rotation | attention or feed-forward or classifier | logits | ...free... | kv cache |
 *                  | k v | q | sums | heads |
 *                  | hidden   |  a |
 *                  | rows     |  a |
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/kv_cache.h"
#include "engine/logits.h"
#include "engine/sampler.h"
#include "engine/tape.h"
#include "engine/trace.h"
#include "kernels/kernels.h"
#include "proto/image.h"
#include "proto/message.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { ENGINE_LOGIT_ROWS = 64 }; /* rows of the classifier that are computed at a stretch; even */

/* Vectors of the token in work. a, the attention's, the feed-forward's and the classifier's share their
 * memory. */
typedef struct {
  int32_t* x;        /* (dim) residual, at the workspace's start */
  int16_t* rotation; /* (head_size / 2, 2) sine and cosine at this position */
  union {
    int16_t* k;      /* (kv_dim) keys as projected; then the record for the cache begins here */
    int16_t* hidden; /* (hidden_dim) */
    int32_t* rows;   /* (ENGINE_LOGIT_ROWS) */
  };
  int16_t* v;    /* (kv_dim) values as projected */
  int16_t* q;    /* (dim) queries, then attention's output o */
  int32_t* sums; /* (dim) A: attention's sums; where `a` was */
  void* heads;   /* (attention_bytes) what attend keeps of each head */
  int16_t* a;    /* (dim) what the next matrices multiply */
} activations_t;

/* What the arena of a model holds. */
typedef struct {
  activations_t at;
  uint32_t vectors_bytes; /* of `at`, a multiple of 4; the logits stand behind */
  uint32_t kv_bytes;      /* at the arena's end */
  uint32_t needed;        /* least arena; saturates at 2^32 - 1 */
} engine_plan_t;

/* What ran last, so that it can run again for a trace. */
typedef enum { ENGINE_RAN_NOTHING, ENGINE_RAN_LAYER, ENGINE_RAN_PREFILL, ENGINE_RAN_TOKEN } engine_run_t;

typedef struct {
  mcl_image_header_t model;
  activations_t at;
  tape_t tape;
  kv_cache_t kv;
  logits_t logits;

  uint16_t positions; /* in the cache */
#ifndef MCL_LEAN
  struct {
    uint8_t run; /* engine_run_t */
    uint16_t token, layer, pos;
  } last;
  trace_t trace;
#endif

  uint16_t argmax;                /* of the last TOKEN run */
  int32_t max;                    /* its logit */
  uint32_t state_crc, logits_crc; /* ARITHMETIC.md section 9 */
  uint32_t ticks[MCL_OP_COUNT];   /* of the last token */
  uint32_t ticks_mark;            /* when the op in work began */
  bool keep_logits;               /* of the token in work */
  bool (*keep_running)(void);     /* asked after every op and now and then; false stops the token */
} engine_t;

/* Where everything would be in this arena, and how much a model takes; no model needs to be loaded. Who wants
 * only the sizes may leave the arena out. */
void engine_plan(engine_plan_t* plan, const mcl_image_header_t* model, void* arena);

/* Loads the stored image, whose checked header this is, into an arena (address and size multiples of 8).
 * MCL_ERR_MEMORY: it is smaller than engine_plan's `needed`. MCL_ERR_STORE: the storage cannot be read. */
MCL_MUST_CHECK mcl_status_t engine_load(engine_t* engine, const mcl_image_header_t* model, uint8_t* arena,
                                        uint32_t arena_bytes);

/* The runs. Arguments are within the model's bounds: token < vocab, layer < n_layers, pos < context, and pos
 * <= positions but for engine_layer. MCL_ERR_ABORTED: stopped by keep_running; MCL_ERR_STORE: the storage
 * failed. */

/* One layer on at.x. */
MCL_MUST_CHECK mcl_status_t engine_layer(engine_t* engine, uint16_t layer, uint16_t pos);
/* A token without its logits. */
MCL_MUST_CHECK mcl_status_t engine_prefill(engine_t* engine, uint16_t token, uint16_t pos);
/* A whole token: argmax and both CRCs, and its logits if they are to be kept for engine_sample. */
MCL_MUST_CHECK mcl_status_t engine_token(engine_t* engine, uint16_t token, uint16_t pos, bool keep_logits);
/* Samples from the logits of the last engine_token, which were kept. */
uint16_t engine_sample(engine_t* engine, sampler_t* sampler);
/* Runs what ran last again and copies a window of it to trace->out; trace->total stays 0 if it has no such
 * vector. */
MCL_MUST_CHECK mcl_status_t engine_trace(engine_t* engine, trace_t* trace);

#ifdef __cplusplus
}
#endif

#endif
