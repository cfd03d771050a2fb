/* SPDX-License-Identifier: MIT */
/* Where keys and values stand on the card. A block holds as many positions as it has room for, one record
 * after the other: per key/value head its keys, then its values. Where the kernels of stream.h apply
 * (`pairs`) it holds whole groups of 8 positions, and a group per head
 *
 *   | keys of positions 0 and 1, element by element; of 2 and 3; ... |
 *   | values: element 0 of positions 0, 1, ... 7; element 1; ...     |
 *
 * so that attention has the weights of a group before its values pass by, and needs each sum but once per
 * group. All are of 8 bits and 128 too large. */
#ifndef PORT_CACHE_H
#define PORT_CACHE_H

#include "engine/kv_cache.h"

enum { CACHE_GROUP = 8, CACHE_OFFSET = 0x80 /* to be xored */ };

typedef struct {
  bool pairs;
  uint16_t block_positions; /* in a block */
} cache_layout_t;

/* The record that waits for kv_cache_flush. */
typedef struct {
  uint8_t* record; /* NULL: none waits */
  uint16_t layer, pos;
} cache_newest_t;

extern cache_layout_t cache_layout;
extern cache_newest_t cache_newest;

/* The card's block in which a layer's record of this position stands. */
uint32_t cache_block(uint16_t layer, uint16_t pos);
/* A record from the card; those of a layer are to be read in order. */
void cache_read(const kv_cache_t* cache, uint16_t layer, uint16_t pos, uint8_t* record);

#endif
