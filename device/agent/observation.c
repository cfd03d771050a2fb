/* SPDX-License-Identifier: MIT */
/* TRACE, PROFILE: what happened inside the last run. */
#include "agent/commands.h"

#ifndef MCL_LEAN
mcl_status_t command_trace(const uint8_t* in, uint16_t n, reply_t* reply) {
  const uint8_t op = in[0];
  trace_t trace = {
      .op = op, .layer = mcl_get_u16(in + 1), .first = mcl_get_u32(in + 3), .count = mcl_get_u16(in + 7)};
  (void)n;
  mcl_status_t status = check_model(reply);
  if (status != MCL_OK) return status;
  if (op >= MCL_OP_COUNT) return fail(reply, MCL_ERR_RANGE, MCL_OP_COUNT, op);
  const uint16_t n_layers = agent.engine.model.n_layers;
  if (trace.layer >= n_layers && !trace_once_per_token((mcl_op_t)op)) {
    return fail(reply, MCL_ERR_RANGE, n_layers, trace.layer);
  }
  const uint8_t width = trace_width((mcl_op_t)op);
  const uint16_t most = (uint16_t)((reply_room(reply) - 5) / width);
  if (trace.count > most) return fail(reply, MCL_ERR_RANGE, most, trace.count);
  if (agent.engine.last.run == ENGINE_RAN_NOTHING) return fail(reply, MCL_ERR_STATE, 1, 0);

  trace.out = reply->bytes + reply->used + 5;
  status = engine_trace(&agent.engine, &trace);
  if (status != MCL_OK) return fail(reply, status, status == MCL_ERR_STORE ? agent.engine.tape.at : 0, 0);
  reply_u32(reply, trace.total);
  reply_u8(reply, width);
  const uint32_t left = trace.total > trace.first ? trace.total - trace.first : 0;
  const uint16_t elements = left < trace.count ? (uint16_t)left : trace.count;
  reply->used = (uint16_t)(reply->used + elements * width);
  return MCL_OK;
}
#endif

mcl_status_t command_profile(const uint8_t* in, uint16_t n, reply_t* reply) {
  (void)in;
  (void)n;
  mcl_status_t status = check_model(reply);
  if (status != MCL_OK) return status;
  uint32_t sum = 0;
  for (uint8_t op = 0; op < MCL_OP_COUNT; op++) sum += agent.engine.ticks[op];
  reply_u32(reply, sum);
  reply_u8(reply, MCL_OP_COUNT);
  for (uint8_t op = 0; op < MCL_OP_COUNT; op++) reply_u32(reply, agent.engine.ticks[op]);
  return MCL_OK;
}
