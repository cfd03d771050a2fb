/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include "bytes.h"
#include "crc32.h"

enum { FRAME_MIN = MCL_HEADER_BYTES + MCL_CRC_BYTES };

size_t mcl_frame_encode(uint8_t* out, const mcl_frame_t* frame) {
  const size_t n = MCL_FRAME_BYTES(frame->payload_len);
  /* built at the end of the room for its encoding, then encoded in place */
  uint8_t* raw = out + 1 + (MCL_COBS_MAX(n) - n);
  raw[0] = frame->version;
  raw[1] = frame->type;
  mcl_put_u16(raw + 2, frame->seq);
  mcl_put_u16(raw + 4, frame->payload_len);
  mcl_put_u16(raw + 6, frame->boot_id);
  for (uint16_t i = 0; i < frame->payload_len; i++) {
    raw[MCL_HEADER_BYTES + i] = frame->payload[i];
  }
  mcl_put_u32(raw + n - MCL_CRC_BYTES, mcl_crc32(0, raw, n - MCL_CRC_BYTES));

  out[0] = 0;
  const size_t encoded = mcl_cobs_encode(out + 1, raw, n);
  out[1 + encoded] = 0;
  return encoded + 2;
}

static int parse(mcl_frame_t* frame, const uint8_t* raw, size_t n) {
  if (n < FRAME_MIN || mcl_get_u16(raw + 4) != n - FRAME_MIN) return 0;
  if (mcl_crc32(0, raw, n) != MCL_CRC32_RESIDUE) return 0;
  frame->version = raw[0];
  frame->type = raw[1];
  frame->seq = mcl_get_u16(raw + 2);
  frame->payload_len = mcl_get_u16(raw + 4);
  frame->boot_id = mcl_get_u16(raw + 6);
  frame->payload = raw + MCL_HEADER_BYTES;
  return 1;
}

void mcl_receiver_init(mcl_receiver_t* rx, uint8_t* buf, uint16_t capacity) {
  *rx = (mcl_receiver_t){.buf = buf, .capacity = capacity};
}

int mcl_receiver_push(mcl_receiver_t* rx, uint8_t byte, mcl_frame_t* frame) {
  const uint16_t n = rx->used;
  if (byte != 0) {
    const int decoded = mcl_cobs_decode(&rx->cobs, byte);
    if (decoded < 0 || n > rx->capacity) return 0;
    if (n < rx->capacity) rx->buf[n] = (uint8_t)decoded;
    rx->used++;
    return 0;
  }
  const mcl_cobs_decoder_t cobs = rx->cobs;
  rx->cobs = (mcl_cobs_decoder_t){0, 0};
  rx->used = 0;
  if (cobs.code == 0) return 0;
  if (mcl_cobs_is_whole(&cobs) && n <= rx->capacity && parse(frame, rx->buf, n)) return 1;
  rx->dropped++;
  return 0;
}
