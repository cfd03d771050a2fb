/* SPDX-License-Identifier: MIT */
#include "agent/link.h"

#include "hal/hal.h"
#include "proto/bytes.h"
#include "proto/crc32.h"
#include "proto/message.h"

enum { COBS_RUN = 254 };

void link_init(link_t* link, uint8_t* memory, uint16_t max_payload, uint16_t boot_id) {
  const uint16_t n = (uint16_t)MCL_COBS_MAX(MCL_FRAME_BYTES(max_payload));
  mcl_receiver_init(&link->rx, memory, n);
  link->reply = memory + n;
  link->max_payload = max_payload;
  link->boot_id = boot_id;
  link->kept_bytes = 0;
  link->received = 0;
  link->resent = 0;
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

/* Encodes on the way out: a second buffer for the encoded frame would cost as much as the frame. */
static void send_stuffed(const uint8_t* raw, uint16_t n) {
  const uint8_t boundary = 0;
  hal_link_write(&boundary, 1);
  for (uint16_t at = 0;;) {
    uint8_t run = 0;
    while (run < COBS_RUN && at + run < n && raw[at + run] != 0) run++;
    const uint8_t code = (uint8_t)(run + 1);
    hal_link_write(&code, 1);
    hal_link_write(raw + at, run);
    at = (uint16_t)(at + run);
    if (at == n) break;
    if (run < COBS_RUN) at++; /* the zero that the code stands for */
  }
  hal_link_write(&boundary, 1);
}

/* Puts header and crc around the payload that lies in between, and sends it. Returns the frame's bytes. */
static uint16_t send_frame(uint8_t* raw, uint8_t type, uint16_t seq, uint16_t boot_id, uint16_t payload_len) {
  const uint16_t body = (uint16_t)(MCL_HEADER_BYTES + payload_len);
  raw[0] = MCL_WIRE_VERSION;
  raw[1] = type;
  mcl_put_u16(raw + 2, seq);
  mcl_put_u16(raw + 4, payload_len);
  mcl_put_u16(raw + 6, boot_id);
  mcl_put_u32(raw + body, mcl_crc32(0, raw, body));
  send_stuffed(raw, (uint16_t)(body + MCL_CRC_BYTES));
  return (uint16_t)(body + MCL_CRC_BYTES);
}

uint8_t* link_begin_reply(link_t* link) {
  link_forget(link);
  return link->reply + MCL_HEADER_BYTES;
}

void link_send_reply(link_t* link, uint8_t type, uint16_t seq, uint16_t payload_len, bool keep) {
  const uint16_t n = send_frame(link->reply, type | MCL_REPLY, seq, link->boot_id, payload_len);
  link->kept_bytes = keep ? n : 0;
  link->kept_seq = seq;
}

bool link_resend(link_t* link, uint16_t seq) {
  if (link->kept_bytes == 0 || link->kept_seq != seq) return false;
  send_stuffed(link->reply, link->kept_bytes);
  link->resent++;
  return true;
}

void link_forget(link_t* link) { link->kept_bytes = 0; }

void link_send_small(link_t* link, uint8_t type, uint16_t seq, const uint8_t* payload, uint8_t n) {
  uint8_t raw[MCL_FRAME_BYTES(LINK_SMALL_PAYLOAD)];
  for (uint8_t i = 0; i < n; i++) raw[MCL_HEADER_BYTES + i] = payload[i];
  (void)send_frame(raw, type, seq, link->boot_id, n);
}
