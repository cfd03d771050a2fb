/* SPDX-License-Identifier: MIT */
#include "agent/store.h"

#include "agent/model.h"
#include "agent/state.h"
#include "proto/crc32.h"
#include "proto/image_fields.h"

enum { ERASED = 0xFF };

bool store_is_open(const store_t* store) { return store->image_bytes != 0; }

static __attribute__((noinline)) mcl_status_t fail(mcl_status_t status, uint32_t detail[2], uint32_t a,
                                                   uint32_t b) {
  detail[0] = a;
  detail[1] = b;
  return status;
}

mcl_status_t store_begin(store_t* store, uint32_t image_bytes, uint32_t detail[2]) {
  hal_board_t board;
  hal_board(&board);
  if (image_bytes <= MCL_IMAGE_HEADER_BYTES)
    return fail(MCL_ERR_RANGE, detail, MCL_IMAGE_HEADER_BYTES, image_bytes);
  if (board.erase_bytes == 0) return fail(MCL_ERR_STORE, detail, 0, 0);
  if (image_bytes > board.store_bytes) return fail(MCL_ERR_MEMORY, detail, image_bytes, board.store_bytes);
  if (agent.arena_bytes < HAL_BLOCK_BYTES) {
    return fail(MCL_ERR_MEMORY, detail, HAL_BLOCK_BYTES, agent.arena_bytes);
  }
  model_forget();
  store->image_bytes = image_bytes;
  store->next = MCL_IMAGE_HEADER_BYTES;
  store->erase_bytes = board.erase_bytes;
  store->block = agent.arena + (agent.arena_bytes - HAL_BLOCK_BYTES);
  store->header_used = 0;
  /* without its header there is no image; the empty block is for a card, which does not erase */
  for (uint16_t i = 0; i < HAL_BLOCK_BYTES; i++) store->block[i] = ERASED;
  if (!hal_store_erase(0) || !hal_store_program(0, store->block)) return fail(MCL_ERR_STORE, detail, 0, 0);
  return MCL_OK;
}

/* The block before `next`, which is complete or the image's last, becomes durable. */
static bool flush(store_t* store, uint32_t at) {
  for (uint16_t i = (uint16_t)(store->next - at); i < HAL_BLOCK_BYTES; i++) store->block[i] = ERASED;
  if (at % store->erase_bytes == 0 && !hal_store_erase(at)) return false;
  return hal_store_program(at, store->block);
}

static mcl_status_t write_data(store_t* store, uint32_t offset, const uint8_t* bytes, uint16_t n,
                               uint32_t detail[2]) {
  if (offset != store->next && offset % store->erase_bytes != 0) {
    return fail(MCL_ERR_STATE, detail, store->next, offset);
  }
  if (offset > store->image_bytes || n > store->image_bytes - offset) {
    return fail(MCL_ERR_RANGE, detail, store->image_bytes, offset + n);
  }
  store->next = offset;
  store->header_used = 0;
  for (uint16_t i = 0; i < n; i++) {
    const uint32_t at = store->next & ~(uint32_t)(HAL_BLOCK_BYTES - 1);
    store->block[store->next - at] = bytes[i];
    store->next++;
    if (store->next - at != HAL_BLOCK_BYTES && store->next != store->image_bytes) continue;
    if (!flush(store, at)) {
      store->next = at;
      return fail(MCL_ERR_STORE, detail, at, 0);
    }
  }
  return MCL_OK;
}

/* The header waits in the block, where no data may be waiting. */
static mcl_status_t write_header(store_t* store, uint32_t offset, const uint8_t* bytes, uint16_t n,
                                 uint32_t detail[2]) {
  const bool data_waits = store->next % HAL_BLOCK_BYTES != 0 && store->next != store->image_bytes;
  if (data_waits) return fail(MCL_ERR_STATE, detail, store->next, offset);
  if (offset != 0 && offset != store->header_used)
    return fail(MCL_ERR_STATE, detail, store->header_used, offset);
  if (n > MCL_IMAGE_HEADER_BYTES - offset) {
    return fail(MCL_ERR_RANGE, detail, MCL_IMAGE_HEADER_BYTES, offset + n);
  }
  for (uint16_t i = 0; i < n; i++) store->block[offset + i] = bytes[i];
  store->header_used = (uint16_t)(offset + n);
  return MCL_OK;
}

mcl_status_t store_write(store_t* store, uint32_t offset, const uint8_t* bytes, uint16_t n,
                         uint32_t detail[2]) {
  if (!store_is_open(store)) return fail(MCL_ERR_STATE, detail, 0, offset);
  if (offset < MCL_IMAGE_HEADER_BYTES) return write_header(store, offset, bytes, n, detail);
  return write_data(store, offset, bytes, n, detail);
}

mcl_status_t store_commit(store_t* store, uint32_t header_crc, uint32_t detail[2]) {
  mcl_image_header_t* header = &agent.engine.model;
  mcl_image_fault_t fault;
  if (!store_is_open(store) || store->header_used != MCL_IMAGE_HEADER_BYTES) {
    return fail(MCL_ERR_STATE, detail, MCL_IMAGE_HEADER_BYTES, store->header_used);
  }
  mcl_status_t status = mcl_image_header_read(header, store->block, &fault);
  if (status == MCL_ERR_CRC) return fail(status, detail, header_crc, fault.found);
  if (status == MCL_ERR_VERSION) return fail(status, detail, MCL_IMAGE_VERSION, fault.found);
  if (status != MCL_OK) return fail(status, detail, fault.offset, fault.found);
  if (header->header_crc != header_crc) return fail(MCL_ERR_CRC, detail, header_crc, header->header_crc);
  if (header->image_bytes != store->image_bytes) {
    return fail(MCL_ERR_FORMAT, detail, MCL_AT_IMAGE_BYTES, header->image_bytes);
  }
  status = model_check_fit(header, detail);
  if (status == MCL_OK) status = model_check_sections(header, detail);
  if (status == MCL_OK) status = model_check_shifts(header, detail);
  if (status != MCL_OK) return status;
  if (!hal_store_program(0, store->block)) return fail(MCL_ERR_STORE, detail, 0, 0);
  store->image_bytes = 0;
  status = model_load(header);
  return status == MCL_OK ? MCL_OK : fail(status, detail, 0, 0);
}

mcl_status_t store_crc(uint32_t offset, uint32_t bytes, uint32_t* crc) {
  uint8_t piece[64];
  *crc = 0;
  while (bytes != 0) {
    const uint16_t n = bytes < sizeof piece ? (uint16_t)bytes : (uint16_t)sizeof piece;
    if (!hal_store_read(offset, piece, n)) return MCL_ERR_STORE;
    *crc = mcl_crc32(*crc, piece, n);
    offset += n;
    bytes -= n;
    if (!agent_keep_running()) return MCL_ERR_ABORTED;
  }
  return MCL_OK;
}
