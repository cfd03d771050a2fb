/* SPDX-License-Identifier: MIT */
#include "engine/trace.h"

#include "proto/bytes.h"

#ifndef MCL_LEAN

uint8_t trace_width(mcl_op_t op) {
  switch (op) {
    case MCL_OP_EMBED:
    case MCL_OP_SCORE:
    case MCL_OP_ATT_RESIDUAL:
    case MCL_OP_FFN_RESIDUAL:
    case MCL_OP_LOGITS:
      return 4;
    default:
      return 2;
  }
}

bool trace_once_per_token(mcl_op_t op) {
  return op == MCL_OP_EMBED || op == MCL_OP_FINAL_NORM || op == MCL_OP_LOGITS;
}

bool trace_wants(const trace_t* trace, mcl_op_t op, uint16_t layer) {
  return trace->op == op && (trace->layer == layer || trace_once_per_token(op));
}

void trace_element(trace_t* trace, uint32_t total, uint32_t index, int32_t value) {
  trace->total = total;
  if (index < trace->first || index - trace->first >= trace->count) return;
  const uint32_t at = index - trace->first;
  if (trace_width((mcl_op_t)trace->op) == 2) {
    mcl_put_u16(trace->out + 2u * at, (uint16_t)value);
  } else {
    mcl_put_u32(trace->out + 4u * at, (uint32_t)value);
  }
}

void trace_s16(trace_t* trace, uint32_t total, uint32_t index, const int16_t* v, uint16_t n) {
  for (uint16_t i = 0; i < n; i++) trace_element(trace, total, index + i, v[i]);
}

void trace_s32(trace_t* trace, uint32_t total, uint32_t index, const int32_t* v, uint16_t n) {
  for (uint16_t i = 0; i < n; i++) trace_element(trace, total, index + i, v[i]);
}

#endif
