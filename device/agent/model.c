/* SPDX-License-Identifier: MIT */
#include "agent/model.h"

#include "agent/state.h"
#include "proto/image_fields.h"

enum { LAYER_SHIFTS = 10 }; /* first bytes of a layer */

void model_forget(void) {
  agent.model_status = MCL_MODEL_NONE;
  agent.model_detail[0] = 0;
  agent.model_detail[1] = 0;
  agent.header_crc = 0;
}

static void refuse(mcl_model_status_t status, uint32_t detail_a, uint32_t detail_b) {
  agent.model_status = (uint8_t)status;
  agent.model_detail[0] = detail_a;
  agent.model_detail[1] = detail_b;
}

mcl_model_state_t model_state(void) {
  const mcl_model_state_t state = {
      .status = agent.model_status,
      .detail_a = agent.model_detail[0],
      .detail_b = agent.model_detail[1],
      .header_crc = agent.header_crc,
      .positions = agent.model_status == MCL_MODEL_RUNS ? agent.engine.positions : 0};
  return state;
}

static mcl_status_t check_section(uint32_t offset, uint32_t bytes, uint32_t expected, uint32_t detail[2]) {
  const mcl_status_t status = store_crc(offset, bytes, &detail[1]);
  detail[0] = status == MCL_ERR_STORE ? offset : expected;
  if (status != MCL_OK) return status;
  return detail[1] == expected ? MCL_OK : MCL_ERR_CRC;
}

mcl_status_t model_check_sections(const mcl_image_header_t* h, uint32_t detail[2]) {
  mcl_status_t status = check_section(h->layers_offset, h->n_layers * h->layer_bytes, h->layers_crc, detail);
  if (status == MCL_OK) {
    status = check_section(h->classifier_offset, h->classifier_bytes, h->classifier_crc, detail);
  }
  if (status == MCL_OK && !h->shared_classifier) {
    status = check_section(h->embedding_offset, h->embedding_bytes, h->embedding_crc, detail);
  }
  if (status == MCL_OK) {
    status = check_section(h->tokenizer_offset, h->tokenizer_bytes, h->tokenizer_crc, detail);
  }
  return status;
}

/* Entries of a layer's shifts that are gain shifts or hs, the others being matrix shifts; IMAGE.md section 3.
 */
static bool is_shift(uint8_t index, uint8_t value) {
  if (index == 0 || index == 5 || index == 8) return value <= 30;
  return value % 8 == 0 && value >= 8 && value <= 32;
}

mcl_status_t model_check_shifts(const mcl_image_header_t* h, uint32_t detail[2]) {
  uint8_t shifts[LAYER_SHIFTS];
  for (uint16_t layer = 0; layer < h->n_layers; layer++) {
    const uint32_t offset = h->layers_offset + layer * h->layer_bytes;
    detail[0] = offset;
    if (!hal_store_read(offset, shifts, LAYER_SHIFTS)) return MCL_ERR_STORE;
    for (uint8_t i = 0; i < LAYER_SHIFTS; i++) {
      if (is_shift(i, shifts[i])) continue;
      detail[0] = offset + i;
      detail[1] = shifts[i];
      return MCL_ERR_FORMAT;
    }
  }
  return MCL_OK;
}

mcl_status_t model_check_fit(const mcl_image_header_t* header, uint32_t detail[2]) {
  engine_plan_t plan;
  engine_plan(&plan, header, agent.arena);
  detail[0] = plan.needed;
  detail[1] = agent.arena_bytes;
  return plan.needed <= agent.arena_bytes ? MCL_OK : MCL_ERR_MEMORY;
}

mcl_status_t model_load(const mcl_image_header_t* header) {
  const mcl_status_t status = engine_load(&agent.engine, header, agent.arena, agent.arena_bytes);
  if (status != MCL_OK) return status;
  agent.engine.keep_running = agent_keep_running;
  agent.header_crc = header->header_crc;
  refuse(MCL_MODEL_RUNS, 0, 0);
  return MCL_OK;
}

/* Reads the stored header through the end of the arena, which nobody uses yet. */
static mcl_status_t read_header(mcl_image_header_t* header, mcl_image_fault_t* fault) {
  uint8_t* bytes = agent.arena + (agent.arena_bytes - MCL_IMAGE_HEADER_BYTES);
  if (!hal_store_read(0, bytes, MCL_IMAGE_HEADER_BYTES)) return MCL_ERR_STORE;
  return mcl_image_header_read(header, bytes, fault);
}

void model_start(void) {
  hal_board_t board;
  mcl_image_header_t* header = &agent.engine.model;
  mcl_image_fault_t fault = {0, 0};
  uint32_t detail[2];
  model_forget();
  hal_board(&board);
  if (board.store_bytes < MCL_IMAGE_HEADER_BYTES || agent.arena_bytes < MCL_IMAGE_HEADER_BYTES) return;

  mcl_status_t status = read_header(header, &fault);
  if (status == MCL_ERR_STORE || (status != MCL_OK && fault.offset == 0)) return; /* not an image at all */
  if (status == MCL_OK && header->image_bytes > board.store_bytes) {
    status = MCL_ERR_FORMAT;
    fault = (mcl_image_fault_t){MCL_AT_IMAGE_BYTES, header->image_bytes};
  }
  if (status != MCL_OK) {
    refuse(MCL_MODEL_REFUSED, fault.offset, fault.found);
    return;
  }
  agent.header_crc = header->header_crc;
  if (board.check_at_start && model_check_sections(header, detail) != MCL_OK) {
    refuse(MCL_MODEL_DAMAGED, detail[0], detail[1]);
  } else if (model_check_shifts(header, detail) != MCL_OK) {
    refuse(MCL_MODEL_REFUSED, detail[0], detail[1]);
  } else if (model_check_fit(header, detail) != MCL_OK) {
    refuse(MCL_MODEL_TOO_LARGE, detail[0], detail[1]);
  } else if (model_load(header) != MCL_OK) {
    refuse(MCL_MODEL_DAMAGED, 0, 0);
  }
}
