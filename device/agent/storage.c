/* SPDX-License-Identifier: MIT */
/* STORE_BEGIN, STORE_WRITE, STORE_CRC, STORE_COMMIT, STORE_READ. */
#include "agent/commands.h"
#include "agent/model.h"

mcl_status_t command_store_begin(const uint8_t* in, uint16_t n, reply_t* reply) {
  (void)n;
  const mcl_status_t status = store_begin(&agent.store, mcl_get_u32(in), reply->detail);
  if (status == MCL_OK) reply_u32(reply, agent.store.next);
  return status;
}

mcl_status_t command_store_write(const uint8_t* in, uint16_t n, reply_t* reply) {
  const mcl_status_t status =
      store_write(&agent.store, mcl_get_u32(in), in + 4, (uint16_t)(n - 4), reply->detail);
  if (status == MCL_OK) reply_u32(reply, agent.store.next);
  return status;
}

/* count bytes from offset on are within the storage */
static mcl_status_t check_range(uint32_t offset, uint32_t count, reply_t* reply) {
  hal_board_t board;
  hal_board(&board);
  if (offset <= board.store_bytes && count <= board.store_bytes - offset) return MCL_OK;
  const uint32_t end = count > UINT32_MAX - offset ? UINT32_MAX : offset + count;
  return fail(reply, MCL_ERR_RANGE, board.store_bytes, end);
}

mcl_status_t command_store_crc(const uint8_t* in, uint16_t n, reply_t* reply) {
  const uint32_t offset = mcl_get_u32(in), count = mcl_get_u32(in + 4);
  uint32_t crc;
  (void)n;
  mcl_status_t status = check_range(offset, count, reply);
  if (status != MCL_OK) return status;
  status = store_crc(offset, count, &crc);
  if (status != MCL_OK) return fail(reply, status, status == MCL_ERR_STORE ? offset : 0, 0);
  reply_u32(reply, crc);
  return MCL_OK;
}

mcl_status_t command_store_commit(const uint8_t* in, uint16_t n, reply_t* reply) {
  (void)n;
  const mcl_status_t status = store_commit(&agent.store, mcl_get_u32(in), reply->detail);
  if (status != MCL_OK) return status;
  const mcl_model_state_t state = model_state();
  reply->used = (uint16_t)(reply->used + mcl_model_state_pack(reply->bytes + reply->used, &state));
  return MCL_OK;
}

mcl_status_t command_store_read(const uint8_t* in, uint16_t n, reply_t* reply) {
  const uint32_t offset = mcl_get_u32(in);
  const uint16_t count = mcl_get_u16(in + 4);
  (void)n;
  if (count > reply_room(reply)) return fail(reply, MCL_ERR_RANGE, reply_room(reply), count);
  const mcl_status_t status = check_range(offset, count, reply);
  if (status != MCL_OK) return status;
  if (!hal_store_read(offset, reply->bytes + reply->used, count))
    return fail(reply, MCL_ERR_STORE, offset, 0);
  reply->used = (uint16_t)(reply->used + count);
  return MCL_OK;
}
