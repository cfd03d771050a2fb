/* SPDX-License-Identifier: MIT */
/* Inner loops that take the bytes of the card's stream straight from the SPI data register, one per 18 cycles
 * or more. They do not know about blocks: n is at most card_left, from which the caller subtracts it.
 *
 * Between them the bus stands still with one byte received or on its way; at least 17 cycles pass from
 * starting that one to starting the next. */
#ifndef PORT_STREAM_H
#define PORT_STREAM_H

#include <stdint.h>

#include "engine/matvec.h"

/* A matrix, over the ends of the card's blocks; keeps card_left itself. row_bytes: of the tape, padding
 * included; at most 3 elements behind x are read with it. */
void stream_matvec(const matvec_t* job, uint16_t row_bytes);

/* a (n) times n gains of the stream, rsh by `shift`, saturated; like stream_matvec over the ends of blocks.
 */
void stream_gains(int16_t* a, uint16_t n, uint8_t shift);

/* --- attention, for two query heads to a key/value head, on groups of 8 (cache.h) --- */

/* A head between two keys. */
typedef struct {
  uint32_t sum; /* L */
  int16_t max;  /* P; for stream_group P * 64, or STREAM_NO_MAX before the first key */
} attention_sum_t;
enum { STREAM_NO_MAX = INT16_MIN, STREAM_INITIAL_BYTES = 3 };

typedef struct {
  const int16_t* q; /* (heads, head_size): the sum of their magnitudes is below 2^16 in each head */
  int32_t* sums;    /* (heads, head_size) */
  attention_sum_t* heads;
  const uint8_t* initials; /* (heads, 3): -128 times the sum of q, modulo 2^24 */
  uint8_t head_size, kv_heads;
} stream_heads_t;

/* A head's initial from its q (n, 1..255). 0: its magnitudes are too large for stream_group. */
uint8_t stream_prepare(const int16_t* q, uint8_t n, uint8_t* initial);

/* Where stream_group works. Zero before the first group. */
typedef struct {
  uint8_t bytes[62];
} stream_group_t;

/* Takes a group of 8, of which the first `count` positions hold something, for all heads. */
void stream_group(const stream_heads_t* heads, stream_group_t* group, uint8_t count);

/* --- bytes as they are --- */

uint16_t stream_u16(void);
uint32_t stream_u32(void);
/* Sends n bytes (1..65535); crc is the CRC16 of those before, and the result that of all. The last one is
 * still on its way on return. */
uint16_t stream_send(const uint8_t* bytes, uint16_t n, uint16_t crc);
/* Over the CRC of the block whose last byte was taken, to the next one's first byte. Returns its token. */
uint8_t stream_next_block(void);
void stream_read(uint8_t* to, uint16_t n);
void stream_skip(uint16_t n);

#endif
