/* SPDX-License-Identifier: MIT */
/* Where keys and values stand on the card. A block holds whole groups of up to 8 positions; a group holds,
 * per key/value head, its keys position after position, then its values element after element:
 *
 *   group | head 0                                    | head 1 ...
 *         | key of position 0, 1, ... | value element 0 of position 0, 1, ... ; element 1 ... |
 *
 * all of 8 bits and 128 too large, so that attention has the weights of a group before its values pass by,
 * and needs each sum but once per group. Where the kernels of stream.h apply (`pairs`) the keys of two
 * positions stand together, element by element. */
#ifndef PORT_CACHE_H
#define PORT_CACHE_H

#include "engine/kv_cache.h"

enum { CACHE_GROUP_MAX = 8, CACHE_OFFSET = 0x80 /* to be xored */ };

typedef struct {
  uint8_t group; /* positions of a group */
  bool pairs;
  uint16_t head_bytes; /* of a head in a group */
  uint16_t group_bytes;
  uint16_t block_positions; /* in a block */
  uint16_t block_used;      /* bytes of a block that hold groups */
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

#endif
