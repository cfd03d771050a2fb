/* SPDX-License-Identifier: MIT */
#include "agent/link.h"

#include "agent/reply.h"
#include "hal/hal.h"
#include "proto/bytes.h"
#include "proto/crc32.h"
#include "proto/message.h"

enum { COBS_RUN = 254 };

void link_init(link_t* link, uint8_t* memory, uint16_t max_payload, uint16_t boot_id) {
  const uint16_t n = (uint16_t)MCL_FRAME_BYTES(max_payload);
  *memory++ = 0;
  link->reply = memory;
  link->max_payload = max_payload;
  link->boot_id = boot_id;
  mcl_receiver_init(&link->rx, memory + n, n);
}

bool link_receive(link_t* link, mcl_frame_t* frame) {
  uint8_t byte;
  while (hal_link_read(&byte, 1) != 0) {
    if (mcl_receiver_push(&link->rx, byte, frame)) {
      link->received++;
      return true;
    }
  }
  return false;
}

/* Encodes on the way out: a second buffer for the encoded frame would cost as much as the frame. The byte
 * before the frame is zero; a code stands for a moment where the byte before its run is. */
static void send_stuffed(uint8_t* raw) {
  uint8_t* const zero = raw - 1;
  const uint8_t* const end = raw + MCL_FRAME_BYTES(mcl_get_u16(raw + 4));
  hal_link_write(zero, 1);
  for (;;) {
    uint8_t* const code_at = raw - 1;
    const uint8_t kept = *code_at;
    uint8_t code = 1;
    for (; code <= COBS_RUN && raw != end && *raw != 0; raw++) code++;
    *code_at = code;
    hal_link_write(code_at, code);
    *code_at = kept;
    if (raw == end) break;
    if (code <= COBS_RUN) raw++; /* the zero that the code stands for */
  }
  hal_link_write(zero, 1);
}

/* The header but for the payload's length. */
static void begin_frame(uint8_t* raw, uint8_t type, uint16_t seq, uint16_t boot_id) {
  raw[0] = MCL_WIRE_VERSION;
  raw[1] = type;
  mcl_put_u16(raw + 2, seq);
  mcl_put_u16(raw + 6, boot_id);
}

/* Puts length and crc around the payload, which lies in between, and sends it all. */
static __attribute__((noinline)) void send_frame(uint8_t* raw, uint16_t payload_len) {
  const uint16_t body = (uint16_t)(MCL_HEADER_BYTES + payload_len);
  mcl_put_u16(raw + 4, payload_len);
  mcl_put_u32(raw + body, mcl_crc32(0, raw, body));
  send_stuffed(raw);
}

void link_begin_reply(link_t* link, uint8_t type, uint16_t seq) {
  link->keeps = false;
  begin_frame(link->reply, type | MCL_REPLY, seq, link->boot_id);
}

uint16_t link_reply_seq(const link_t* link) { return mcl_get_u16(link->reply + 2); }

void link_send_reply(link_t* link, uint16_t payload_len, bool keep) {
  send_frame(link->reply, payload_len);
  link->keeps = keep;
}

bool link_resend(link_t* link, uint16_t seq) {
  if (!link->keeps || link_reply_seq(link) != seq) return false;
  send_stuffed(link->reply);
  link->resent++;
  return true;
}

void link_send_small(link_t* link, uint8_t type, uint16_t seq, const uint8_t* payload, uint8_t n) {
  uint8_t memory[1 + MCL_FRAME_BYTES(LINK_SMALL_PAYLOAD)];
  uint8_t* const raw = memory + 1;
  memory[0] = 0;
  begin_frame(raw, type, seq, link->boot_id);
  put_bytes(raw + MCL_HEADER_BYTES, payload, n);
  send_frame(raw, n);
}
