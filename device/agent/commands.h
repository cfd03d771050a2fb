/* SPDX-License-Identifier: MIT */
/* The requests of WIRE.md section 4. A command reads all that it needs from its payload before it calls
 * agent_keep_running, because a repeat of the request arrives in the same buffer. */
#ifndef AGENT_COMMANDS_H
#define AGENT_COMMANDS_H

#include "agent/reply.h"
#include "agent/state.h"
#include "proto/bytes.h"
#include "proto/message.h"

/* in: the request's payload, n bytes; the command table says how many, and what has been checked before. */
typedef mcl_status_t (*command_fn)(const uint8_t* in, uint16_t n);

mcl_status_t command_hello(const uint8_t* in, uint16_t n);
mcl_status_t command_reset(const uint8_t* in, uint16_t n);
mcl_status_t command_abort(const uint8_t* in, uint16_t n);
mcl_status_t command_stats(const uint8_t* in, uint16_t n);
mcl_status_t command_memory(const uint8_t* in, uint16_t n);

mcl_status_t command_put(const uint8_t* in, uint16_t n);
mcl_status_t command_get(const uint8_t* in, uint16_t n);
mcl_status_t command_matmul(const uint8_t* in, uint16_t n);

mcl_status_t command_layer(const uint8_t* in, uint16_t n);
mcl_status_t command_token(const uint8_t* in, uint16_t n);
mcl_status_t command_prefill(const uint8_t* in, uint16_t n);
mcl_status_t command_generate(const uint8_t* in, uint16_t n);
mcl_status_t command_trace(const uint8_t* in, uint16_t n);
mcl_status_t command_profile(const uint8_t* in, uint16_t n);

mcl_status_t command_store_begin(const uint8_t* in, uint16_t n);
mcl_status_t command_store_write(const uint8_t* in, uint16_t n);
mcl_status_t command_store_crc(const uint8_t* in, uint16_t n);
mcl_status_t command_store_commit(const uint8_t* in, uint16_t n);
mcl_status_t command_store_read(const uint8_t* in, uint16_t n);

#endif
