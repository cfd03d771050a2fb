/* SPDX-License-Identifier: MIT */
/* All that the agent keeps: one static object, shared by the commands. */
#ifndef AGENT_STATE_H
#define AGENT_STATE_H

#include "agent/agent.h"
#include "agent/link.h"
#include "agent/model.h"
#include "agent/store.h"
#include "engine/engine.h"
#include "hal/hal.h"

/* A number of bytes in the arena. A chip of 8 bits has at most 64 KB of memory. */
#ifdef MCL_LEAN
typedef uint16_t arena_size_t;
#else
typedef uint32_t arena_size_t;
#endif

/* The request in work, and what the host wants of it meanwhile. */
typedef struct {
  bool active;
  bool abort;
  uint8_t polled_at; /* hal_millis, its lowest bits */
  uint16_t abort_seq;
} execution_t;

/* In this order, what is used most is near the begin, where an instruction of an 8-bit chip reaches it. */
typedef struct {
  uint32_t detail[2]; /* why the last check failed */
  store_t store;
  uint8_t* reply_end; /* of the reply in the making */
  uint8_t* arena;
  arena_size_t arena_bytes;     /* a multiple of 8 */
  arena_size_t workspace_bytes; /* at the arena's start, for PUT, GET and MATMUL */
  link_t link;
  execution_t execution;
  bool reset_wanted;
  model_t model;
  engine_t engine;
} agent_t;

extern agent_t agent;

/* Answers the host while a request executes. false: it wants the request stopped. */
bool agent_keep_running(void);

#endif
