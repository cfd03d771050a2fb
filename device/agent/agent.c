/* SPDX-License-Identifier: MIT */
#include "agent/agent.h"

#include <stddef.h>

#include "agent/commands.h"
#include "agent/model.h"
#include "agent/state.h"
#include "proto/rom.h"

agent_t agent;

enum {                  /* of a command */
       LONGER = 1,      /* the payload may be */
       MODEL = 2,       /* a model has to run */
       TICKS_FIRST = 4, /* how long it took stands at the reply's begin, or at its end */
       TICKS_LAST = 8
};

/* The requests, with the least bytes of their payloads. */
typedef struct {
  uint8_t type, bytes, needs;
  command_fn run;
} command_t;

static MCL_ROM command_t commands[] = {
    {MCL_HELLO, 0, LONGER, command_hello},
    {MCL_RESET, 0, 0, command_reset},
    {MCL_ABORT, 0, 0, command_abort},
    {MCL_STATS, 0, 0, command_stats},
#ifndef MCL_LEAN
    {MCL_MEMORY, 0, 0, command_memory},
#endif
    {MCL_PUT, 4, LONGER, command_put},
    {MCL_GET, 6, 0, command_get},
    {MCL_MATMUL, 13, LONGER | TICKS_FIRST, command_matmul},
    {MCL_LAYER, 4, MODEL | TICKS_LAST, command_layer},
    {MCL_TOKEN, 4, MODEL | TICKS_LAST, command_token},
    {MCL_PREFILL, 4, LONGER | MODEL | TICKS_FIRST, command_prefill},
    {MCL_GENERATE, 22, MODEL | TICKS_FIRST, command_generate},
#ifndef MCL_LEAN
    {MCL_TRACE, 9, MODEL, command_trace},
#endif
    {MCL_PROFILE, 0, MODEL, command_profile},
    {MCL_STORE_BEGIN, 4, 0, command_store_begin},
    {MCL_STORE_WRITE, 4, LONGER, command_store_write},
    {MCL_STORE_CRC, 8, 0, command_store_crc},
    {MCL_STORE_COMMIT, 4, 0, command_store_commit},
#ifndef MCL_LEAN
    {MCL_STORE_READ, 6, 0, command_store_read},
#endif
};

static mcl_status_t dispatch(uint8_t type, const uint8_t* in, uint16_t n) {
  MCL_ROM command_t* command = commands;
  while (command->type != type) {
    if (++command == commands + sizeof commands / sizeof commands[0]) return refuse(MCL_ERR_COMMAND, type, 0);
  }
  const uint8_t bytes = command->bytes, needs = command->needs;
  if (n < bytes || (n > bytes && (needs & LONGER) == 0)) return refuse(MCL_ERR_LENGTH, bytes, n);
  if ((needs & MODEL) != 0 && agent.model.status != MCL_MODEL_RUNS) {
    return refuse(MCL_ERR_MODEL, agent.model.status, 0);
  }
  const uint32_t start = hal_ticks();
  uint8_t* ticks = agent.reply_end;
  if ((needs & TICKS_FIRST) != 0) agent.reply_end += 4;
  const mcl_status_t status = command->run(in, n);
  if ((needs & TICKS_LAST) != 0) ticks = reply_take(4);
  if ((needs & (TICKS_FIRST | TICKS_LAST)) != 0) mcl_put_u32(ticks, hal_ticks() - start);
  return status;
}

static void execute(const mcl_frame_t* frame) {
  const uint8_t type = frame->type;
  uint8_t* const payload = link_reply_payload(&agent.link);
  link_begin_reply(&agent.link, type, frame->seq);
  agent.reply_end = payload + 1;
  agent.execution.active = true;
  agent.execution.abort = false;
  payload[0] = (uint8_t)dispatch(type, frame->payload, frame->payload_len);
  agent.execution.active = false;

  if (payload[0] != MCL_OK) {
    agent.reply_end = payload + 1;
    REPLY_FIELD(agent.detail);
  }
  link_send_reply(&agent.link, (uint16_t)(agent.reply_end - payload), type != MCL_HELLO);
  if (agent.execution.abort) {
    const uint8_t ok = MCL_OK;
    link_send_small(&agent.link, MCL_ABORT | MCL_REPLY, agent.execution.abort_seq, &ok, 1);
  }
}

static void answer_other_boot(const mcl_frame_t* frame) {
  uint8_t payload[LINK_SMALL_PAYLOAD];
  payload[0] = MCL_ERR_BOOT;
  mcl_put_u32(payload + 1, agent.link.boot_id);
  mcl_put_u32(payload + 5, frame->boot_id);
  link_send_small(&agent.link, frame->type | MCL_REPLY, frame->seq, payload, sizeof payload);
}

static void handle(const mcl_frame_t* frame) {
  if (frame->type == MCL_HELLO) {
    execute(frame);
    return;
  }
  if (frame->version != MCL_WIRE_VERSION || frame->type >= MCL_REPLY) return;
  if (frame->boot_id != agent.link.boot_id) {
    answer_other_boot(frame);
  } else if (!link_resend(&agent.link, frame->seq)) {
    execute(frame);
  }
  if (agent.reset_wanted) hal_reset();
}

/* A frame that arrives while a request executes. */
static void overhear(const mcl_frame_t* frame) {
  execution_t* execution = &agent.execution;
  if (frame->version != MCL_WIRE_VERSION) return;
  if (frame->type == MCL_ABORT) {
    /* also from a host that has not met this board yet: the one before it may be dead */
    execution->abort = true;
    execution->abort_seq = frame->seq;
  } else if (frame->seq == link_reply_seq(&agent.link) && frame->boot_id == agent.link.boot_id) {
    link_send_small(&agent.link, MCL_EVENT_BUSY, frame->seq, NULL, 0);
  }
}

bool agent_keep_running(void) {
  execution_t* execution = &agent.execution;
  if (!execution->active) return true;
  /* once in a millisecond is often enough to be heard, and seldom enough to cost nothing */
  const uint8_t now = (uint8_t)hal_millis();
  if (now == execution->polled_at) return !execution->abort;
  execution->polled_at = now;
  mcl_frame_t frame;
  while (link_receive(&agent.link, &frame)) overhear(&frame);
  return !execution->abort;
}

/* Never 0, which is what a host that has not said HELLO sends. */
static uint16_t new_boot_id(void) {
  const uint16_t id = hal_boot_entropy();
  return id == 0 ? 1 : id;
}

void agent_init(uint8_t* memory, uint32_t bytes) {
  hal_board_t board;
  hal_board(&board);
  const uint16_t link_bytes = (uint16_t)AGENT_LINK_BYTES(board.max_payload);
  agent = (agent_t){0};
  link_init(&agent.link, memory, board.max_payload, new_boot_id());
  agent.arena = memory + link_bytes;
  agent.arena_bytes = (arena_size_t)((bytes - link_bytes) & ~(uint32_t)7u);
  agent.store.bytes = board.store_bytes;
  agent.store.erase_bytes = board.erase_bytes;
  model_start(board.check_at_start);
}

bool agent_poll(void) {
  mcl_frame_t frame;
  if (!link_receive(&agent.link, &frame)) return false;
  handle(&frame);
  return true;
}
