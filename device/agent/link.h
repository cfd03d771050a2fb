/* SPDX-License-Identifier: MIT */
/* Frames in, frames out, and the last reply kept for a repeat of its request (WIRE.md sections 1 and 2). */
#ifndef AGENT_LINK_H
#define AGENT_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/frame.h"

typedef struct {
  mcl_receiver_t rx;
  uint8_t* reply; /* header, payload, crc: room for MCL_FRAME_BYTES(max_payload) */
  uint16_t max_payload;
  uint16_t boot_id;
  uint16_t kept_bytes; /* of the kept reply's frame; 0: none is kept */
  uint16_t kept_seq;
  uint32_t received, resent;
} link_t;

/* `memory` has AGENT_LINK_BYTES(max_payload) bytes. */
void link_init(link_t* link, uint8_t* memory, uint16_t max_payload, uint16_t boot_id);

/* Takes what has arrived, up to one whole frame. true: *frame is valid until the next call. */
bool link_receive(link_t* link, mcl_frame_t* frame);

/* Where the payload of a reply is built: max_payload bytes. Building it makes the link forget the kept one.
 */
uint8_t* link_begin_reply(link_t* link);
/* Sends the reply that was built, and keeps it if so wished. type is that of the request. */
void link_send_reply(link_t* link, uint8_t type, uint16_t seq, uint16_t payload_len, bool keep);
/* Sends the kept reply again if it answers this seq. */
bool link_resend(link_t* link, uint16_t seq);
void link_forget(link_t* link);

enum { LINK_SMALL_PAYLOAD = 9 };
/* Sends a payload of at most LINK_SMALL_PAYLOAD bytes, an event or an error, and leaves the reply alone. */
void link_send_small(link_t* link, uint8_t type, uint16_t seq, const uint8_t* payload, uint8_t n);

#endif
