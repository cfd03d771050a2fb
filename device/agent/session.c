/* SPDX-License-Identifier: MIT */
/* HELLO, RESET, ABORT, STATS. */
#include "agent/commands.h"
#include "agent/model.h"
#include "agent_build.h"

mcl_status_t command_hello(const uint8_t* in, uint16_t n) {
  hal_board_t board;
  (void)in;
  (void)n;
  hal_board(&board);
  reply_u8(MCL_WIRE_VERSION);
  REPLY_FIELD(agent.link.boot_id);
  reply_u8(MCL_ARITHMETIC_VERSION);
  reply_u8(MCL_IMAGE_VERSION);
  REPLY_FIELD(board.max_payload);
  reply_u32(AGENT_BUILD);
  REPLY_FIELD(board.name);
  REPLY_FIELD(board.clock_hz);
  reply_u8((uint8_t)board.tick_unit);
  reply_u32(agent.workspace_bytes);
  reply_u32(agent.arena_bytes);
  REPLY_FIELD(agent.store.bytes);
  REPLY_FIELD(agent.store.erase_bytes);
  reply_model_state();
  return MCL_OK;
}

mcl_status_t command_reset(const uint8_t* in, uint16_t n) {
  (void)in;
  (void)n;
  agent.reset_wanted = true;
  return MCL_OK;
}

/* Reached only while nothing else executes: there is nothing to stop. */
mcl_status_t command_abort(const uint8_t* in, uint16_t n) {
  (void)in;
  (void)n;
  return MCL_OK;
}

mcl_status_t command_stats(const uint8_t* in, uint16_t n) {
  (void)in;
  (void)n;
  REPLY_FIELD(agent.link.received);
  REPLY_FIELD(agent.link.rx.dropped);
  REPLY_FIELD(agent.link.resent);
  reply_u32(hal_link_overruns());
  reply_u32(hal_stack_peak());
  reply_u32(model_arena_bytes());
  return MCL_OK;
}
