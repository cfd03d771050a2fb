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

#include <stdbool.h>
#include <stdint.h>

#include "proto/image.h"
#include "proto/status.h"

typedef struct {
  uint32_t image_bytes; /* 0: idle */
  uint32_t next;        /* where data continues */
  uint32_t erase_bytes;
  uint8_t* block;       /* 512 bytes: the data block that fills up, or the header */
  uint16_t header_used; /* bytes of the header in `block`; 0: it holds data */
} store_t;

/* Is an image being written? Its block then takes the last 512 bytes of the arena. */
bool store_is_open(const store_t* store);

/* The requests STORE_BEGIN, WRITE and COMMIT; detail as WIRE.md section 3 says. */
MCL_MUST_CHECK mcl_status_t store_begin(store_t* store, uint32_t image_bytes, uint32_t detail[2]);
MCL_MUST_CHECK mcl_status_t store_write(store_t* store, uint32_t offset, const uint8_t* bytes, uint16_t n,
                                        uint32_t detail[2]);
MCL_MUST_CHECK mcl_status_t store_commit(store_t* store, uint32_t header_crc, uint32_t detail[2]);

/* CRC of durable bytes, of which the storage has that many. MCL_ERR_STORE, MCL_ERR_ABORTED. */
MCL_MUST_CHECK mcl_status_t store_crc(uint32_t offset, uint32_t bytes, uint32_t* crc);

#endif
