/* SPDX-License-Identifier: MIT */
/* Frames of WIRE.md section 1: header, payload, CRC, between zero bytes. */
#ifndef MCL_FRAME_H
#define MCL_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "cobs.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  MCL_WIRE_VERSION = 1,
  MCL_HEADER_BYTES = 8,
  MCL_CRC_BYTES = 4,
  MCL_PAYLOAD_MAX = 1024, /* upper limit of max_payload on any board */
  MCL_HELLO_MAX = 96      /* payload that every agent can receive and send */
};

/* Bytes of a decoded frame, and of one on the wire with both zeros, for a payload of n bytes. */
#define MCL_FRAME_BYTES(n) ((n) + 12u)
#define MCL_WIRE_BYTES(n) (MCL_COBS_MAX(MCL_FRAME_BYTES(n)) + 2u)

typedef struct {
  uint8_t version;
  uint8_t type;
  uint16_t seq;
  uint16_t boot_id;
  uint16_t payload_len;
  const uint8_t* payload; /* into the buffer that was decoded */
} mcl_frame_t;

/* Writes the frame to `out` (room for MCL_WIRE_BYTES(payload_len)), zeros included. Returns the bytes
 * written. The payload must not overlap `out`. */
size_t mcl_frame_encode(uint8_t* out, const mcl_frame_t* frame);

/* Collects bytes of a stream into frames, decoding them as they arrive. A zero ends one, whatever it was. */
typedef struct {
  uint8_t* buf;      /* MCL_FRAME_BYTES(max_payload) bytes, given by the caller */
  uint16_t capacity; /* of buf */
  uint16_t used;     /* capacity + 1: there were more than it holds */
  mcl_cobs_decoder_t cobs;
  uint32_t dropped; /* frames that began and were not accepted */
} mcl_receiver_t;

void mcl_receiver_init(mcl_receiver_t* rx, uint8_t* buf, uint16_t capacity);

/* Takes one byte. Returns 1 when it completes a good frame; *frame is valid until the next call. */
int mcl_receiver_push(mcl_receiver_t* rx, uint8_t byte, mcl_frame_t* frame);

#ifdef __cplusplus
}
#endif

#endif
