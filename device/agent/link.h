/* SPDX-License-Identifier: MIT */
/* Frames in, frames out, and the last reply kept for a repeat of its request (WIRE.md sections 1 and 2). */
#ifndef AGENT_LINK_H
#define AGENT_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/frame.h"

typedef struct {
  mcl_receiver_t rx;
  uint8_t* reply; /* header, payload, crc: room for MCL_FRAME_BYTES(max_payload); a zero is before it */
  uint16_t max_payload;
  uint16_t boot_id;
  bool keeps; /* the reply, for a repeat of its request */
  uint32_t received, resent;
} link_t;

/* `memory` has AGENT_LINK_BYTES(max_payload) bytes, `link` is zero. */
void link_init(link_t* link, uint8_t* memory, uint16_t max_payload, uint16_t boot_id);

/* Takes what has arrived, up to one whole frame. true: *frame is valid until the next call. */
bool link_receive(link_t* link, mcl_frame_t* frame);

/* Where the payload of a reply is built: max_payload bytes. */
static inline uint8_t* link_reply_payload(const link_t* link) { return link->reply + MCL_HEADER_BYTES; }
/* Begins the reply to a request of this type and seq; the one that was kept is lost. */
void link_begin_reply(link_t* link, uint8_t type, uint16_t seq);
/* Of the reply that was begun last. */
uint16_t link_reply_seq(const link_t* link);
/* Sends the reply that was built, and keeps it if so wished. */
void link_send_reply(link_t* link, uint16_t payload_len, bool keep);
/* Sends the kept reply again if it answers this seq. */
bool link_resend(link_t* link, uint16_t seq);

enum { LINK_SMALL_PAYLOAD = 9 };
/* Sends a payload of at most LINK_SMALL_PAYLOAD bytes, an event or an error, and leaves the reply alone. */
void link_send_small(link_t* link, uint8_t type, uint16_t seq, const uint8_t* payload, uint8_t n);

#endif
