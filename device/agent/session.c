/* SPDX-License-Identifier: MIT */
/* HELLO, RESET, ABORT, STATS. */
#include "agent/commands.h"
#include "agent/model.h"
#include "agent_build.h"

mcl_status_t command_hello(const uint8_t* in, uint16_t n, reply_t* reply) {
  hal_board_t board;
  (void)in;
  (void)n;
  hal_board(&board);
  mcl_hello_t hello = {.wire_version = MCL_WIRE_VERSION,
                       .boot_id = agent.link.boot_id,
                       .arithmetic_version = MCL_ARITHMETIC_VERSION,
                       .image_version = MCL_IMAGE_VERSION,
                       .max_payload = board.max_payload,
                       .agent_build = AGENT_BUILD,
                       .clock_hz = board.clock_hz,
                       .tick_unit = (uint8_t)board.tick_unit,
                       .workspace_bytes = agent_workspace_bytes(),
                       .arena_bytes = agent.arena_bytes,
                       .store_bytes = board.store_bytes,
                       .erase_bytes = board.erase_bytes,
                       .model = model_state()};
  for (uint8_t i = 0; i < MCL_BOARD_NAME_BYTES; i++) hello.board[i] = board.name[i];
  reply->used = (uint16_t)(reply->used + mcl_hello_pack(reply->bytes + reply->used, &hello));
  return MCL_OK;
}

mcl_status_t command_reset(const uint8_t* in, uint16_t n, reply_t* reply) {
  (void)in;
  (void)n;
  (void)reply;
  agent.reset_wanted = true;
  return MCL_OK;
}

/* Reached only while nothing else executes: there is nothing to stop. */
mcl_status_t command_abort(const uint8_t* in, uint16_t n, reply_t* reply) {
  (void)in;
  (void)n;
  (void)reply;
  return MCL_OK;
}

static uint32_t arena_bytes_used(void) {
  engine_plan_t plan;
  if (agent.model_status != MCL_MODEL_RUNS) return 0;
  engine_plan(&plan, &agent.engine.model, agent.arena);
  return plan.needed;
}

mcl_status_t command_stats(const uint8_t* in, uint16_t n, reply_t* reply) {
  (void)in;
  (void)n;
  reply_u32(reply, agent.link.received);
  reply_u32(reply, agent.link.rx.dropped);
  reply_u32(reply, agent.link.resent);
  reply_u32(reply, hal_link_overruns());
  reply_u32(reply, hal_stack_peak());
  reply_u32(reply, arena_bytes_used());
  return MCL_OK;
}
