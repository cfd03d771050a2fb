/* SPDX-License-Identifier: MIT */
/* The device's side of WIRE.md. A port calls agent_init once and agent_poll for ever. */
#ifndef AGENT_H
#define AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Frame buffers: one that receives, one that keeps the last reply. A multiple of 8. */
#define AGENT_LINK_BYTES(max_payload) ((2u * MCL_FRAME_BYTES(max_payload) + 1u + 7u) & ~7u)

/* Takes the port's memory for good: frame buffers first, the rest is the arena of WIRE.md. `memory` is 8-byte
 * aligned and holds at least the frame buffers, AGENT_LINK_BYTES(max_payload of hal_board). */
void agent_init(uint8_t* memory, uint32_t bytes);

/* Executes at most one request. false: nothing had arrived, the port may sleep until a byte does. */
bool agent_poll(void);

#ifdef __cplusplus
}
#endif

#endif
