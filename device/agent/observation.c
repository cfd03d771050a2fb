/* SPDX-License-Identifier: MIT */
/* TRACE, PROFILE: what happened inside the last run. */
#include "agent/commands.h"

#ifndef MCL_LEAN
mcl_status_t command_trace(const uint8_t* in, uint16_t n) {
  const uint8_t op = in[0];
  trace_t trace = {
      .op = op, .layer = mcl_get_u16(in + 1), .first = mcl_get_u32(in + 3), .count = mcl_get_u16(in + 7)};
  (void)n;
  if (op >= MCL_OP_COUNT) return refuse(MCL_ERR_RANGE, MCL_OP_COUNT, op);
  const uint16_t n_layers = agent.engine.model.n_layers;
  if (trace.layer >= n_layers && !trace_once_per_token((mcl_op_t)op)) {
    return refuse(MCL_ERR_RANGE, n_layers, trace.layer);
  }
  const uint8_t width = trace_width((mcl_op_t)op);
  uint8_t* const total = reply_take(4);
  reply_u8(width);
  mcl_status_t status = check_room(trace.count, width);
  if (status != MCL_OK) return status;
  if (agent.engine.last.run == ENGINE_RAN_NOTHING) return refuse(MCL_ERR_STATE, 1, 0);

  trace.out = agent.reply_end;
  status = engine_trace(&agent.engine, &trace);
  if (status != MCL_OK) return fail(status, status == MCL_ERR_STORE ? agent.engine.tape.at : 0, 0);
  mcl_put_u32(total, trace.total);
  const uint32_t left = trace.total > trace.first ? trace.total - trace.first : 0;
  const uint16_t elements = left < trace.count ? (uint16_t)left : trace.count;
  reply_take((uint16_t)(elements * width));
  return MCL_OK;
}
#endif

mcl_status_t command_profile(const uint8_t* in, uint16_t n) {
  (void)in;
  (void)n;
  uint32_t sum = 0;
  for (uint8_t op = 0; op < MCL_OP_COUNT; op++) sum += agent.engine.ticks[op];
  reply_u32(sum);
  reply_u8(MCL_OP_COUNT);
  REPLY_FIELD(agent.engine.ticks);
  return MCL_OK;
}
