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

/* --- attention, for two query heads that share keys and values, groups of 8, all of 8 bits --- */

/* A head between two keys. */
typedef struct {
  uint32_t sum; /* L */
  int16_t max;  /* P; ATTENTION_NO_MAX before the first key */
} attention_sum_t;
enum { ATTENTION_NO_MAX = -30000 };
/* What a key does to the sums of both heads. */
typedef struct {
  uint16_t weight[2]; /* p */
  uint8_t rescale[2]; /* bits by which the sums go down before */
  uint8_t kind;       /* 0 when both weights are below 256 and both rescales 0 */
} attention_weights_t;

/* Takes `count` keys; weights (count) is written. The products of either head's q (head_size) with any key
 * fit 23 bits and a sign. Returns 0 if every kind is 0. */
uint8_t stream_keys(attention_sum_t heads[2], const int16_t* q, attention_weights_t* weights,
                    uint8_t head_size, uint8_t count);
/* Takes 8 values of each element: sums (2, head_size) grow by them times weights (8). kind: what stream_keys
 * returned. */
void stream_values(int32_t* sums, const attention_weights_t* weights, uint8_t head_size, uint8_t kind);

/* --- bytes as they are --- */

uint16_t stream_u16(void);
void stream_read(uint8_t* to, uint16_t n);
void stream_skip(uint16_t n);

#endif
