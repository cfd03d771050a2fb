/* SPDX-License-Identifier: MIT */
/* The requests of WIRE.md section 4. A command reads all that it needs from its payload before it calls
 * agent_keep_running, because a repeat of the request arrives in the same buffer. */
#ifndef AGENT_COMMANDS_H
#define AGENT_COMMANDS_H

#include "agent/state.h"
#include "proto/bytes.h"
#include "proto/message.h"

/* The reply in the making; its status byte is already accounted for. */
typedef struct {
  uint8_t* bytes;
  uint16_t used, capacity;
  uint32_t detail[2]; /* for a status that is not MCL_OK */
} reply_t;

/* Appending never exceeds the capacity: commands bound their counts by reply_room first. */
static inline uint16_t reply_room(const reply_t* reply) { return (uint16_t)(reply->capacity - reply->used); }

void reply_u8(reply_t* reply, uint8_t v);
void reply_u16(reply_t* reply, uint16_t v);
void reply_u32(reply_t* reply, uint32_t v);
void reply_u64(reply_t* reply, uint64_t v);

/* The details of a status that is not MCL_OK; returns it. */
mcl_status_t fail(reply_t* reply, mcl_status_t status, uint32_t a, uint32_t b) __attribute__((noinline));

/* in: the request's payload, n bytes, within the lengths of the command table. */
typedef mcl_status_t (*command_fn)(const uint8_t* in, uint16_t n, reply_t* reply);

mcl_status_t command_hello(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_reset(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_abort(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_stats(const uint8_t* in, uint16_t n, reply_t* reply);

mcl_status_t command_put(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_get(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_matmul(const uint8_t* in, uint16_t n, reply_t* reply);

mcl_status_t command_layer(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_token(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_prefill(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_generate(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_trace(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_profile(const uint8_t* in, uint16_t n, reply_t* reply);

mcl_status_t command_store_begin(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_store_write(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_store_crc(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_store_commit(const uint8_t* in, uint16_t n, reply_t* reply);
mcl_status_t command_store_read(const uint8_t* in, uint16_t n, reply_t* reply);

/* What several commands check first. */
mcl_status_t check_model(reply_t* reply);                                  /* a model runs */
mcl_status_t check_token(uint16_t token, reply_t* reply);                  /* token < vocab */
mcl_status_t check_position(uint16_t pos, uint32_t count, reply_t* reply); /* pos follows, count fit */

#endif
