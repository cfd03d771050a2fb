/* SPDX-License-Identifier: MIT */
/* A window of one intermediate vector, copied out while a token is computed; nothing is stored for it
 * otherwise. */
#ifndef ENGINE_TRACE_H
#define ENGINE_TRACE_H

#include <stdbool.h>
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
/* Is this the vector that is wanted? */
#ifndef MCL_LEAN /* a chip without room for what only serves to look inside leaves it out */
bool trace_wants(const trace_t* trace, mcl_op_t op, uint16_t layer);
#else
static inline bool trace_wants(const trace_t* trace, mcl_op_t op, uint16_t layer) {
  (void)trace;
  (void)op;
  (void)layer;
  return false;
}
#endif

/* To be called when trace_wants says so: element `index` of the `total` that the vector has. */
void trace_element(trace_t* trace, uint32_t total, uint32_t index, int32_t value);
/* The same for n elements from `index` on. */
void trace_s16(trace_t* trace, uint32_t total, uint32_t index, const int16_t* v, uint16_t n);
void trace_s32(trace_t* trace, uint32_t total, uint32_t index, const int32_t* v, uint16_t n);

#ifdef __cplusplus
}
#endif

#endif
