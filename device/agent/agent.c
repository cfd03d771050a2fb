/* SPDX-License-Identifier: MIT */
#include "agent/agent.h"

#include <stddef.h>

#include "agent/commands.h"
#include "agent/model.h"
#include "agent/state.h"
#include "proto/rom.h"

agent_t agent;

void reply_u8(reply_t* reply, uint8_t v) { reply->bytes[reply->used++] = v; }

void reply_u16(reply_t* reply, uint16_t v) {
  mcl_put_u16(reply->bytes + reply->used, v);
  reply->used = (uint16_t)(reply->used + 2);
}

void reply_u32(reply_t* reply, uint32_t v) {
  mcl_put_u32(reply->bytes + reply->used, v);
  reply->used = (uint16_t)(reply->used + 4);
}

void reply_u64(reply_t* reply, uint64_t v) {
  mcl_put_u64(reply->bytes + reply->used, v);
  reply->used = (uint16_t)(reply->used + 8);
}

mcl_status_t fail(reply_t* reply, mcl_status_t status, uint32_t a, uint32_t b) {
  reply->detail[0] = a;
  reply->detail[1] = b;
  return status;
}

/* The requests, with the least and most bytes of their payloads. */
static MCL_ROM struct {
  uint8_t type;
  uint16_t least, most;
  command_fn run;
} commands[] = {
    {MCL_HELLO, 0, MCL_PAYLOAD_MAX, command_hello},
    {MCL_RESET, 0, 0, command_reset},
    {MCL_ABORT, 0, 0, command_abort},
    {MCL_STATS, 0, 0, command_stats},
    {MCL_PUT, 4, MCL_PAYLOAD_MAX, command_put},
    {MCL_GET, 6, 6, command_get},
    {MCL_MATMUL, 13, 17, command_matmul},
    {MCL_LAYER, 4, 4, command_layer},
    {MCL_TOKEN, 4, 4, command_token},
    {MCL_PREFILL, 4, MCL_PAYLOAD_MAX, command_prefill},
    {MCL_GENERATE, 22, 22, command_generate},
#ifndef MCL_LEAN
    {MCL_TRACE, 9, 9, command_trace},
#endif
    {MCL_PROFILE, 0, 0, command_profile},
    {MCL_STORE_BEGIN, 4, 4, command_store_begin},
    {MCL_STORE_WRITE, 4, MCL_PAYLOAD_MAX, command_store_write},
    {MCL_STORE_CRC, 8, 8, command_store_crc},
    {MCL_STORE_COMMIT, 4, 4, command_store_commit},
#ifndef MCL_LEAN
    {MCL_STORE_READ, 6, 6, command_store_read},
#endif
};

static mcl_status_t dispatch(uint8_t type, const uint8_t* in, uint16_t n, reply_t* reply) {
  for (uint8_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
    if (commands[i].type != type) continue;
    if (n < commands[i].least || n > commands[i].most) {
      return fail(reply, MCL_ERR_LENGTH, commands[i].least, n);
    }
    return commands[i].run(in, n, reply);
  }
  return fail(reply, MCL_ERR_COMMAND, type, 0);
}

static void execute(const mcl_frame_t* frame) {
  const uint8_t type = frame->type;
  const uint16_t seq = frame->seq;
  reply_t reply = {link_begin_reply(&agent.link), 1, agent.link.max_payload, {0, 0}};
  agent.execution = (execution_t){.active = true, .seq = seq};
  const mcl_status_t status = dispatch(type, frame->payload, frame->payload_len, &reply);
  agent.execution.active = false;

  reply.bytes[0] = (uint8_t)status;
  if (status != MCL_OK) {
    reply.used = 1;
    reply_u32(&reply, reply.detail[0]);
    reply_u32(&reply, reply.detail[1]);
  }
  link_send_reply(&agent.link, type, seq, reply.used, type != MCL_HELLO);
  if (agent.execution.abort) {
    const uint8_t ok = MCL_OK;
    link_send_small(&agent.link, MCL_ABORT | MCL_REPLY, agent.execution.abort_seq, &ok, 1);
  }
}

static void answer_other_boot(const mcl_frame_t* frame) {
  uint8_t payload[LINK_SMALL_PAYLOAD] = {MCL_ERR_BOOT};
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
  } else if (frame->seq == execution->seq && frame->boot_id == agent.link.boot_id) {
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

uint32_t agent_workspace_bytes(void) {
  if (agent.model_status == MCL_MODEL_RUNS) {
    return agent.arena_bytes - kv_cache_bytes(&agent.engine.model) - tape_kept();
  }
  return store_is_open(&agent.store) ? agent.arena_bytes - HAL_BLOCK_BYTES : agent.arena_bytes;
}

/* Never 0, which is what a host that has not said HELLO sends. */
static uint16_t new_boot_id(void) {
  const uint16_t id = hal_boot_entropy();
  return id == 0 ? 1 : id;
}

void agent_init(uint8_t* memory, uint32_t bytes) {
  hal_board_t board;
  hal_board(&board);
  const uint32_t link_bytes = AGENT_LINK_BYTES((uint32_t)board.max_payload);
  link_init(&agent.link, memory, board.max_payload, new_boot_id());
  agent.arena = memory + link_bytes;
  agent.arena_bytes = (bytes - link_bytes) & ~(uint32_t)7u;
  agent.store.image_bytes = 0;
  agent.execution.active = false;
  agent.reset_wanted = false;
  model_start();
}

bool agent_poll(void) {
  mcl_frame_t frame;
  if (!link_receive(&agent.link, &frame)) return false;
  handle(&frame);
  return true;
}
