/* SPDX-License-Identifier: MIT */
/* What stands where: WIRE.md, MEMORY. */
#ifndef AGENT_MEMORY_H
#define AGENT_MEMORY_H

#include <stdint.h>

#include "proto/message.h"

typedef struct {
  mcl_part_t part;
  mcl_place_t place;
  uint32_t bytes;
} agent_part_t;

/* The parts that take any bytes, in the order of mcl_part_t; returns how many. */
uint8_t agent_parts(agent_part_t parts[MCL_PART_COUNT]);

#endif
