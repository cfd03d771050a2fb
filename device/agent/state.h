/* SPDX-License-Identifier: MIT */
/* All that the agent keeps: one static object, shared by the commands. */
#ifndef AGENT_STATE_H
#define AGENT_STATE_H

#include "agent/agent.h"
#include "agent/link.h"
#include "agent/store.h"
#include "engine/engine.h"
#include "hal/hal.h"

/* The request in work, and what the host wants of it meanwhile. */
typedef struct {
  bool active;
  uint16_t seq;
  uint16_t abort_seq;
  bool abort;
  uint8_t polled_at; /* hal_millis, its lowest bits */
} execution_t;

typedef struct {
  link_t link;
  bool reset_wanted;
  execution_t execution;
  store_t store;
  engine_t engine;
  uint8_t model_status; /* mcl_model_status_t */
  uint32_t model_detail[2], header_crc;
  uint8_t* arena;
  uint32_t arena_bytes; /* a multiple of 8 */
} agent_t;

extern agent_t agent;

/* Bytes at the arena's start that PUT, GET and MATMUL may use. */
uint32_t agent_workspace_bytes(void);

/* Answers the host while a request executes. false: it wants the request stopped. */
bool agent_keep_running(void);

#endif
