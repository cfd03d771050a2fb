/* SPDX-License-Identifier: MIT */
/* What a port provides: the whole of what agent and engine know about a chip. */
#ifndef HAL_H
#define HAL_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/message.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  char name[MCL_BOARD_NAME_BYTES]; /* zero-padded, at most 15 characters */
  uint32_t clock_hz;
  mcl_tick_unit_t tick_unit;
  uint16_t max_payload; /* MCL_HELLO_MAX..MCL_PAYLOAD_MAX; constant */
  uint32_t store_bytes; /* 0: no storage. A multiple of erase_bytes */
  uint32_t erase_bytes; /* a power of two, at least HAL_BLOCK_BYTES; 0: the port cannot write its storage */
  bool check_at_start;  /* compare the stored image with its CRCs before the first answer */
} hal_board_t;

enum { HAL_BLOCK_BYTES = 512 }; /* what hal_store_program writes at once */

/* The description of this board; may be asked for at any time. */
void hal_board(hal_board_t* board);

/* Moves up to n bytes that have arrived to `buf`. Never waits. Returns their count, 0 if there are none. */
uint16_t hal_link_read(uint8_t* buf, uint16_t n);
/* Sends n bytes; may wait until the link has taken them. */
void hal_link_write(const uint8_t* buf, uint16_t n);
/* Bytes that arrived and were lost because nobody had read the ones before, since start. */
uint32_t hal_link_overruns(void);

/* Milliseconds since some moment; wraps. */
uint32_t hal_millis(void);
/* The clock of PROFILE in the board's tick unit; wraps. */
uint32_t hal_ticks(void);
/* Most bytes of stack that were ever in use; 0 where the port does not measure it. */
uint32_t hal_stack_peak(void);

/* A number that is probably another one after each start. */
uint16_t hal_boot_entropy(void);
/* Restarts the chip. Does not return. */
void hal_reset(void) __attribute__((noreturn));

/* Where the storage stands in memory, word-aligned; NULL when it can only be read through hal_store_read. */
const uint8_t* hal_store_map(void);
/* Reads n bytes. false: the storage failed. Sequential reads are expected to be cheap. */
bool hal_store_read(uint32_t offset, uint8_t* to, uint16_t n);
/* Erases the erase block that begins at `offset`. A card, which needs no erasing, may do nothing. */
bool hal_store_erase(uint32_t offset);
/* Writes the HAL_BLOCK_BYTES bytes at `block` to `offset`, a multiple of their count, in an erased block.
 * Durable on return. */
bool hal_store_program(uint32_t offset, const uint8_t* block);

#ifdef __cplusplus
}
#endif

#endif
