/* SPDX-License-Identifier: MIT */
/* STORE_BEGIN, STORE_WRITE, STORE_CRC, STORE_COMMIT, STORE_READ. */
#include "agent/store.h"

#include "agent/commands.h"
#include "agent/model.h"
#include "proto/crc32.h"
#include "proto/image_fields.h"

enum { ERASED = 0xFF };

static mcl_status_t storage_failed(uint32_t offset) { return fail(MCL_ERR_STORE, offset, 0); }

/* What no data follows is as if erased. */
static void clear_block(void) {
  for (uint16_t i = 0; i < HAL_BLOCK_BYTES; i++) agent.store.block[i] = ERASED;
}

/* The block becomes durable; on erased storage if it is the first of an erase block. */
static bool write_block(uint32_t at) {
  if ((at & (agent.store.erase_bytes - 1)) == 0 && !hal_store_erase(at)) return false;
  return hal_store_program(at, agent.store.block);
}

mcl_status_t command_store_begin(const uint8_t* in, uint16_t n) {
  store_t* const store = &agent.store;
  const uint32_t image_bytes = mcl_get_u32(in);
  (void)n;
  if (image_bytes <= MCL_IMAGE_HEADER_BYTES) return fail(MCL_ERR_RANGE, MCL_IMAGE_HEADER_BYTES, image_bytes);
  if (store->erase_bytes == 0) return storage_failed(0);
  if (image_bytes > store->bytes) return fail(MCL_ERR_MEMORY, image_bytes, store->bytes);
  if (agent.arena_bytes < HAL_BLOCK_BYTES) return fail(MCL_ERR_MEMORY, HAL_BLOCK_BYTES, agent.arena_bytes);
  model_forget();
  agent.workspace_bytes = (arena_size_t)(agent.arena_bytes - HAL_BLOCK_BYTES);
  store->block = agent.arena + agent.workspace_bytes;
  store->image_bytes = image_bytes;
  store->next = MCL_IMAGE_HEADER_BYTES;
  store->next_of_header = 0;
  /* without its header there is no image; the empty block is for a card, which does not erase */
  clear_block();
  if (!write_block(0)) return storage_failed(0);
  REPLY_FIELD(store->next);
  return MCL_OK;
}

/* Takes data at `next` or from an erase block on, and the header where it stopped or from its begin on. The
 * header waits in the block, where no data may be waiting. */
mcl_status_t command_store_write(const uint8_t* in, uint16_t n) {
  store_t* const store = &agent.store;
  uint32_t at = mcl_get_u32(in), limit = store->image_bytes;
  uint32_t* next = &store->next;
  bool allowed = limit != 0;
  if (at < MCL_IMAGE_HEADER_BYTES) {
    if (*next % HAL_BLOCK_BYTES != 0 && *next != limit) {
      allowed = false;
    } else {
      next = &store->next_of_header;
    }
    limit = MCL_IMAGE_HEADER_BYTES;
  }
  if (at != *next && (at & (store->erase_bytes - 1)) != 0) allowed = false;
  if (!allowed) return fail(MCL_ERR_STATE, *next, at);
  n = (uint16_t)(n - 4);
  const mcl_status_t status = check_most(end_of(at, n), limit);
  if (status != MCL_OK) return status;
  for (in += 4; n != 0; n--) {
    const uint16_t in_block = (uint16_t)(at % HAL_BLOCK_BYTES);
    if (in_block == 0) clear_block();
    store->block[in_block] = *in++;
    at++;
    if (next != &store->next || (in_block != HAL_BLOCK_BYTES - 1 && at != limit)) continue;
    at -= in_block + 1u;
    if (!write_block(at)) {
      store->next = at;
      return storage_failed(at);
    }
    at += in_block + 1u;
  }
  store->next_of_header = 0;
  *next = at;
  REPLY_FIELD(store->next);
  return MCL_OK;
}

/* The header in the block, whose CRC is announced. */
static mcl_status_t read_header(mcl_image_header_t* header, uint32_t header_crc) {
  mcl_image_fault_t fault;
  const mcl_status_t status = mcl_image_header_read(header, agent.store.block, &fault);
  uint32_t expected = fault.offset;
  if (status == MCL_ERR_CRC) expected = header_crc;
  if (status == MCL_ERR_VERSION) expected = MCL_IMAGE_VERSION;
  if (status != MCL_OK) return fail(status, expected, fault.found);
  if (header->header_crc != header_crc) return fail(MCL_ERR_CRC, header_crc, header->header_crc);
  if (header->image_bytes == agent.store.image_bytes) return MCL_OK;
  return fail(MCL_ERR_FORMAT, MCL_AT_IMAGE_BYTES, header->image_bytes);
}

mcl_status_t command_store_commit(const uint8_t* in, uint16_t n) {
  store_t* const store = &agent.store;
  mcl_image_header_t* const header = &agent.engine.model;
  (void)n;
  if (store->image_bytes == 0 || store->next_of_header != MCL_IMAGE_HEADER_BYTES) {
    return refuse(MCL_ERR_STATE, MCL_IMAGE_HEADER_BYTES, (uint16_t)store->next_of_header);
  }
  mcl_status_t status = read_header(header, mcl_get_u32(in));
  if (status == MCL_OK) status = model_check(header, true);
  if (status != MCL_OK) return status;
  if (!hal_store_program(0, store->block)) return storage_failed(0);
  store->image_bytes = 0;
  status = model_load(header);
  reply_model_state();
  return status;
}

mcl_status_t store_crc(uint32_t offset, uint32_t bytes, uint32_t* crc) {
  uint8_t piece[64];
  uint32_t sum = 0;
  while (bytes != 0) {
    const uint16_t n = bytes < sizeof piece ? (uint16_t)bytes : (uint16_t)sizeof piece;
    if (!hal_store_read(offset, piece, n)) return storage_failed(offset);
    sum = mcl_crc32(sum, piece, n);
    offset += n;
    bytes -= n;
    if (!agent_keep_running()) return refuse(MCL_ERR_ABORTED, 0, 0);
  }
  *crc = sum;
  return MCL_OK;
}

mcl_status_t command_store_crc(const uint8_t* in, uint16_t n) {
  const uint32_t offset = mcl_get_u32(in), bytes = mcl_get_u32(in + 4);
  uint32_t crc = 0;
  (void)n;
  mcl_status_t status = check_most(end_of(offset, bytes), agent.store.bytes);
  if (status == MCL_OK) status = store_crc(offset, bytes, &crc);
  reply_u32(crc);
  return status;
}

#ifndef MCL_LEAN
mcl_status_t command_store_read(const uint8_t* in, uint16_t n) {
  const uint32_t offset = mcl_get_u32(in);
  const uint16_t bytes = mcl_get_u16(in + 4);
  (void)n;
  mcl_status_t status = check_room(bytes, 1);
  if (status == MCL_OK) status = check_most(end_of(offset, bytes), agent.store.bytes);
  if (status != MCL_OK) return status;
  return hal_store_read(offset, reply_take(bytes), bytes) ? MCL_OK : storage_failed(offset);
}
#endif
