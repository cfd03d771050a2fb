/* SPDX-License-Identifier: MIT */
#include "message.h"

#include "bytes.h"

/* Offsets of the HELLO reply's fields, WIRE.md section 5, without the status byte. */
enum {
  AT_WIRE_VERSION = 0,
  AT_BOOT_ID = 1,
  AT_ARITHMETIC_VERSION = 3,
  AT_IMAGE_VERSION = 4,
  AT_MAX_PAYLOAD = 5,
  AT_AGENT_BUILD = 7,
  AT_BOARD = 11,
  AT_CLOCK_HZ = 27,
  AT_TICK_UNIT = 31,
  AT_WORKSPACE_BYTES = 32,
  AT_ARENA_BYTES = 36,
  AT_STORE_BYTES = 40,
  AT_ERASE_BYTES = 44,
  AT_MODEL = 48
};

/* The same for the model's fields. */
enum { AT_STATUS = 0, AT_DETAIL_A = 1, AT_DETAIL_B = 5, AT_HEADER_CRC = 9, AT_POSITIONS = 13 };

size_t mcl_model_state_pack(uint8_t* out, const mcl_model_state_t* state) {
  out[AT_STATUS] = state->status;
  mcl_put_u32(out + AT_DETAIL_A, state->detail_a);
  mcl_put_u32(out + AT_DETAIL_B, state->detail_b);
  mcl_put_u32(out + AT_HEADER_CRC, state->header_crc);
  mcl_put_u16(out + AT_POSITIONS, state->positions);
  return MCL_MODEL_STATE_BYTES;
}

int mcl_model_state_unpack(mcl_model_state_t* state, const uint8_t* in, size_t n) {
  if (n < MCL_MODEL_STATE_BYTES) return 0;
  state->status = in[AT_STATUS];
  state->detail_a = mcl_get_u32(in + AT_DETAIL_A);
  state->detail_b = mcl_get_u32(in + AT_DETAIL_B);
  state->header_crc = mcl_get_u32(in + AT_HEADER_CRC);
  state->positions = mcl_get_u16(in + AT_POSITIONS);
  return 1;
}

size_t mcl_hello_pack(uint8_t* out, const mcl_hello_t* hello) {
  out[AT_WIRE_VERSION] = hello->wire_version;
  mcl_put_u16(out + AT_BOOT_ID, hello->boot_id);
  out[AT_ARITHMETIC_VERSION] = hello->arithmetic_version;
  out[AT_IMAGE_VERSION] = hello->image_version;
  mcl_put_u16(out + AT_MAX_PAYLOAD, hello->max_payload);
  mcl_put_u32(out + AT_AGENT_BUILD, hello->agent_build);
  uint8_t padding = 0; /* once the name has ended */
  for (unsigned i = 0; i < MCL_BOARD_NAME_BYTES; i++) {
    if (hello->board[i] == 0) padding = 1;
    out[AT_BOARD + i] = padding ? 0 : (uint8_t)hello->board[i];
  }
  mcl_put_u32(out + AT_CLOCK_HZ, hello->clock_hz);
  out[AT_TICK_UNIT] = hello->tick_unit;
  mcl_put_u32(out + AT_WORKSPACE_BYTES, hello->workspace_bytes);
  mcl_put_u32(out + AT_ARENA_BYTES, hello->arena_bytes);
  mcl_put_u32(out + AT_STORE_BYTES, hello->store_bytes);
  mcl_put_u32(out + AT_ERASE_BYTES, hello->erase_bytes);
  return AT_MODEL + mcl_model_state_pack(out + AT_MODEL, &hello->model);
}

int mcl_hello_unpack(mcl_hello_t* hello, const uint8_t* in, size_t n) {
  if (n < MCL_HELLO_REPLY_BYTES) return 0;
  hello->wire_version = in[AT_WIRE_VERSION];
  hello->boot_id = mcl_get_u16(in + AT_BOOT_ID);
  hello->arithmetic_version = in[AT_ARITHMETIC_VERSION];
  hello->image_version = in[AT_IMAGE_VERSION];
  hello->max_payload = mcl_get_u16(in + AT_MAX_PAYLOAD);
  hello->agent_build = mcl_get_u32(in + AT_AGENT_BUILD);
  for (unsigned i = 0; i < MCL_BOARD_NAME_BYTES; i++) {
    hello->board[i] = (char)in[AT_BOARD + i];
  }
  hello->board[MCL_BOARD_NAME_BYTES] = 0;
  hello->clock_hz = mcl_get_u32(in + AT_CLOCK_HZ);
  hello->tick_unit = in[AT_TICK_UNIT];
  hello->workspace_bytes = mcl_get_u32(in + AT_WORKSPACE_BYTES);
  hello->arena_bytes = mcl_get_u32(in + AT_ARENA_BYTES);
  hello->store_bytes = mcl_get_u32(in + AT_STORE_BYTES);
  hello->erase_bytes = mcl_get_u32(in + AT_ERASE_BYTES);
  return mcl_model_state_unpack(&hello->model, in + AT_MODEL, n - AT_MODEL);
}
