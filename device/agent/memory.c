/* SPDX-License-Identifier: MIT */
#include "agent/memory.h"

#include <stddef.h>

#include "agent/commands.h"
#include "agent/reply.h"

/* A chip without memory to spare keeps its parts where its README says. */
#ifndef MCL_LEAN
static void model_parts(uint32_t bytes[MCL_PART_COUNT]) {
  const mcl_image_header_t* const model = &agent.engine.model;
  engine_plan_t plan;
  engine_plan(&plan, model, NULL);
  bytes[MCL_PART_IMAGE] = model->image_bytes;
  bytes[MCL_PART_KEPT] = tape_kept();
  bytes[MCL_PART_CACHE] = plan.kv_bytes;
  bytes[MCL_PART_VECTORS] = plan.vectors_bytes;
  bytes[MCL_PART_LOGITS] = logits_bytes(model->vocab_size);
  bytes[MCL_PART_FREE] -= plan.needed + bytes[MCL_PART_KEPT];
}

uint8_t agent_parts(agent_part_t parts[MCL_PART_COUNT]) {
  uint32_t bytes[MCL_PART_COUNT] = {0};
  uint8_t count = 0;
  bytes[MCL_PART_LINK] = AGENT_LINK_BYTES((uint32_t)agent.link.max_payload);
  bytes[MCL_PART_FREE] = agent.arena_bytes;
  if (agent.model.status == MCL_MODEL_RUNS) model_parts(bytes);
  for (uint8_t part = 0; part < MCL_PART_COUNT; part++) {
    if (bytes[part] == 0) continue;
    const mcl_place_t place = part == MCL_PART_IMAGE ? MCL_PLACE_STORAGE : MCL_PLACE_RAM;
    parts[count++] = (agent_part_t){(mcl_part_t)part, place, bytes[part]};
  }
  return count;
}

mcl_status_t command_memory(const uint8_t* in, uint16_t n) {
  agent_part_t parts[MCL_PART_COUNT];
  (void)in;
  (void)n;
  const uint8_t count = agent_parts(parts);
  for (uint8_t i = 0; i < count; i++) {
    reply_u8((uint8_t)parts[i].part);
    reply_u8((uint8_t)parts[i].place);
    reply_u32(parts[i].bytes);
  }
  return MCL_OK;
}
#endif
