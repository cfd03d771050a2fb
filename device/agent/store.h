/* SPDX-License-Identifier: MIT */
/* Writing an image into the storage so that a break at any moment leaves either the old header gone or the
 * new image complete.
 *
 *            begin                  write ... write header              commit: all checked
 *   [IDLE] ----------> [WRITING] -------------------------> [WRITING] ----------------------> [IDLE], a model
 *                          ^  any failure: stays                |
 *                          +------------------------------------+
 */
#ifndef AGENT_STORE_H
#define AGENT_STORE_H

#include <stdint.h>

#include "proto/status.h"

typedef struct {
  uint32_t bytes, erase_bytes; /* of hal_board */
  uint32_t image_bytes;        /* 0: idle */
  uint32_t next;               /* where data continues */
  uint32_t next_of_header; /* the same for the header, of which the block holds so much; 0: it holds data */
  uint8_t* block;          /* the last 512 bytes of the arena */
} store_t;

/* CRC of durable bytes, of which the storage has that many. MCL_ERR_STORE, MCL_ERR_ABORTED. */
MCL_MUST_CHECK mcl_status_t store_crc(uint32_t offset, uint32_t bytes, uint32_t* crc);

#endif
