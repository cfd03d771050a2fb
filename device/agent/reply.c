/* SPDX-License-Identifier: MIT */
#include "agent/reply.h"

#include "agent/state.h"
#include "proto/bytes.h"

uint16_t reply_room(void) {
  return (uint16_t)(link_reply_payload(&agent.link) + agent.link.max_payload - agent.reply_end);
}

uint8_t* reply_take(uint16_t n) {
  uint8_t* const at = agent.reply_end;
  agent.reply_end = at + n;
  return at;
}

void put_bytes(void* to, const void* from, uint8_t n) {
  const uint8_t* byte = from;
  for (uint8_t* at = to; n != 0; n--) *at++ = *byte++;
}

void reply_copy(const void* from, uint8_t n) { put_bytes(reply_take(n), from, n); }

void reply_u8(uint8_t v) { *reply_take(1) = v; }

void reply_u32(uint32_t v) { mcl_put_u32(reply_take(4), v); }

mcl_status_t fail(mcl_status_t status, uint32_t a, uint32_t b) {
  agent.detail[0] = a;
  agent.detail[1] = b;
  return status;
}

mcl_status_t refuse(mcl_status_t status, uint16_t a, uint16_t b) { return fail(status, a, b); }

uint32_t end_of(uint32_t offset, uint32_t count) {
  const uint32_t end = offset + count;
  return end < offset ? UINT32_MAX : end;
}

mcl_status_t check_most(uint32_t value, uint32_t limit) {
  return value <= limit ? MCL_OK : fail(MCL_ERR_RANGE, limit, value);
}

mcl_status_t check_room(uint16_t count, uint8_t bytes) {
  return check_most(count, (uint16_t)(reply_room() / bytes));
}
