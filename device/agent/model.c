/* SPDX-License-Identifier: MIT */
#include "agent/model.h"

#include <stddef.h>

#include "agent/reply.h"
#include "agent/state.h"
#include "proto/bytes.h"
#include "proto/image_fields.h"

enum { LAYER_SHIFTS = 10 }; /* first bytes of a layer */

void model_forget(void) {
  agent.model = (model_t){.status = MCL_MODEL_NONE};
  agent.engine.positions = 0;
  agent.workspace_bytes = agent.arena_bytes;
}

void reply_model_state(void) {
  REPLY_FIELD(agent.model.status);
  REPLY_FIELD(agent.model.detail);
  REPLY_FIELD(agent.model.header_crc);
  REPLY_FIELD(agent.engine.positions);
}

static uint32_t needed_bytes(const mcl_image_header_t* header) {
  engine_plan_t plan;
  engine_plan(&plan, header, agent.arena);
  return plan.needed;
}

uint32_t model_arena_bytes(void) {
  return agent.model.status == MCL_MODEL_RUNS ? needed_bytes(&agent.engine.model) : 0;
}

static mcl_status_t check_fit(const mcl_image_header_t* header) {
  const uint32_t needed = needed_bytes(header);
  return needed <= agent.arena_bytes ? MCL_OK : fail(MCL_ERR_MEMORY, needed, agent.arena_bytes);
}

/* The header's sections: offset and bytes of each, which for the first means those of one layer. */
enum {
  SECTIONS = 4,
  PLACES = offsetof(mcl_image_header_t, layers_offset),
  CRCS = offsetof(mcl_image_header_t, layers_crc)
};
_Static_assert(offsetof(mcl_image_header_t, tokenizer_bytes) == PLACES + 8 * (SECTIONS - 1) + 4 &&
                   offsetof(mcl_image_header_t, tokenizer_crc) == CRCS + 4 * (SECTIONS - 1),
               "sections lie one after the other");

static mcl_status_t check_sections(const mcl_image_header_t* header) {
  const uint8_t* const fields = (const uint8_t*)header;
  for (uint8_t i = 0; i < SECTIONS; i++) {
    const uint32_t expected = mcl_get_u32(fields + CRCS + 4 * i);
    uint32_t bytes = mcl_get_u32(fields + PLACES + 8 * i + 4), found;
    if (i == 0) bytes *= header->n_layers;
    const mcl_status_t status = store_crc(mcl_get_u32(fields + PLACES + 8 * i), bytes, &found);
    if (status != MCL_OK) return status;
    if (found != expected) return fail(MCL_ERR_CRC, expected, found);
  }
  return MCL_OK;
}

/* Entries of a layer's shifts that are gain shifts or hs, the others being matrix shifts; IMAGE.md section 3.
 */
static bool is_shift(uint8_t index, uint8_t value) {
  if (index == 0 || index == 5 || index == 8) return value <= 30;
  return value % 8 == 0 && value >= 8 && value <= 32;
}

static mcl_status_t check_shifts(const mcl_image_header_t* header) {
  uint8_t shifts[LAYER_SHIFTS];
  uint32_t offset = header->layers_offset;
  for (uint16_t layer = header->n_layers; layer != 0; layer--, offset += header->layer_bytes) {
    if (!hal_store_read(offset, shifts, LAYER_SHIFTS)) return fail(MCL_ERR_STORE, offset, 0);
    for (uint8_t i = 0; i < LAYER_SHIFTS; i++) {
      if (!is_shift(i, shifts[i])) return fail(MCL_ERR_FORMAT, offset + i, shifts[i]);
    }
  }
  return MCL_OK;
}

mcl_status_t model_check(const mcl_image_header_t* header, bool sections) {
  mcl_status_t status = check_fit(header);
  if (status == MCL_OK && sections) status = check_sections(header);
  if (status == MCL_OK) status = check_shifts(header);
  return status;
}

mcl_status_t model_load(const mcl_image_header_t* header) {
  refuse(MCL_OK, 0, 0);
  const mcl_status_t status = engine_load(&agent.engine, header, agent.arena, agent.arena_bytes);
  if (status != MCL_OK) return status;
  agent.engine.keep_running = agent_keep_running;
  agent.model.header_crc = header->header_crc;
  agent.model.status = MCL_MODEL_RUNS;
  agent.workspace_bytes = (arena_size_t)(agent.arena_bytes - kv_cache_bytes(header) - tape_kept());
  return MCL_OK;
}

/* Tries to run what is stored; the details are noted. */
static mcl_model_status_t load_stored(bool sections) {
  mcl_image_header_t* header = &agent.engine.model;
  mcl_image_fault_t fault;
  refuse(MCL_OK, 0, 0);
  /* through the end of the arena, which nobody uses yet */
  uint8_t* const bytes = agent.arena + (arena_size_t)(agent.arena_bytes - MCL_IMAGE_HEADER_BYTES);
  if (agent.arena_bytes < MCL_IMAGE_HEADER_BYTES || agent.store.bytes == 0) return MCL_MODEL_NONE;
  if (!hal_store_read(0, bytes, MCL_IMAGE_HEADER_BYTES)) return MCL_MODEL_NONE;
  mcl_status_t status = mcl_image_header_read(header, bytes, &fault);
  if (status == MCL_OK && header->image_bytes > agent.store.bytes) {
    status = MCL_ERR_FORMAT;
    fault = (mcl_image_fault_t){MCL_AT_IMAGE_BYTES, header->image_bytes};
  }
  if (status != MCL_OK) {
    if (fault.offset == 0) return MCL_MODEL_NONE; /* no image at all */
    fail(status, fault.offset, fault.found);
    return MCL_MODEL_REFUSED;
  }
  agent.model.header_crc = header->header_crc;
  status = model_check(header, sections);
  if (status == MCL_OK) status = model_load(header);
  if (status == MCL_ERR_FORMAT) return MCL_MODEL_REFUSED;
  if (status == MCL_ERR_MEMORY) return MCL_MODEL_TOO_LARGE;
  return status == MCL_OK ? MCL_MODEL_RUNS : MCL_MODEL_DAMAGED;
}

void model_start(bool check_sections) {
  model_forget();
  agent.model.status = (uint8_t)load_stored(check_sections);
  __builtin_memcpy(agent.model.detail, agent.detail, sizeof agent.detail);
}
