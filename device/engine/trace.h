/* SPDX-License-Identifier: MIT */
/* A window of one intermediate vector, copied out while a token is computed; nothing is stored for it
 * otherwise. */
#ifndef ENGINE_TRACE_H
#define ENGINE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/message.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { TRACE_NO_OP = MCL_OP_COUNT };

typedef struct {
  uint8_t op; /* mcl_op_t; TRACE_NO_OP: nothing is wanted */
  uint16_t layer;
  uint32_t first; /* the window: elements first..first + count - 1 */
  uint16_t count;
  uint8_t* out;   /* count * trace_width(op) bytes, little-endian */
  uint32_t total; /* elements of the vector; 0 until it occurs */
} trace_t;

/* Bytes of an element: 2 or 4. */
uint8_t trace_width(mcl_op_t op);
/* Does the vector stand once per token, not once per layer? */
bool trace_once_per_token(mcl_op_t op);
#ifndef MCL_LEAN
/* Is this the vector that is wanted? */
bool trace_wants(const trace_t* trace, mcl_op_t op, uint16_t layer);
/* Is the token in work run again for a trace, and has that what it wants? */
static inline bool trace_runs(const trace_t* trace) { return trace->op != TRACE_NO_OP; }
static inline bool trace_complete(const trace_t* trace) { return trace->total != 0; }

/* To be called when trace_wants says so: element `index` of the `total` that the vector has. */
void trace_element(trace_t* trace, uint32_t total, uint32_t index, int32_t value);
/* The same for n elements from `index` on. */
void trace_s16(trace_t* trace, uint32_t total, uint32_t index, const int16_t* v, uint16_t n);
void trace_s32(trace_t* trace, uint32_t total, uint32_t index, const int32_t* v, uint16_t n);
#define TRACE_OF(engine) (&(engine)->trace)
#else
/* A chip without room for what only serves to look inside leaves it out, memory included. */
#define TRACE_OF(engine) NULL
#define trace_wants(trace, op, layer) ((void)(op), (void)(layer), false)
#define trace_runs(trace) false
#define trace_complete(trace) false
#define trace_element(trace, total, index, value) ((void)(total), (void)(index), (void)(value))
#define trace_s16(trace, total, index, v, n) ((void)(total), (void)(index), (void)(v), (void)(n))
#define trace_s32(trace, total, index, v, n) ((void)(total), (void)(index), (void)(v), (void)(n))
#endif

#ifdef __cplusplus
}
#endif

#endif
