/* SPDX-License-Identifier: MIT */
/* engine/tape.h: tape_keep. The memory that a model leaves free takes a table of the matrices, then their
 * blocks. */
#include "port/rp2040/engine/kept.h"

#include <stddef.h>

#include "engine/engine.h"
#include "kernels/arch/armv6m/dot_words.h"
#include "proto/image_fields.h"

static struct {
  kept_t* table; /* in the order of the tape */
  uint32_t entries, next;
  uint32_t bytes; /* of all */
} kept;

/* The matrices of a model, one after another, as the forward pass multiplies them. */
typedef struct {
  const mcl_image_header_t* model;
  uint32_t layer, index; /* matrix of the layer; or piece of the classifier, when the layers are over */
  uint32_t offset;
} walk_t;

typedef struct {
  uint32_t offset, blocks, block_bytes;
  uint8_t bits;
} matrix_t;

enum { PER_LAYER = 6 };

static uint32_t block_bytes(uint32_t cols, uint8_t bits) { return 2u * mcl_row_bytes(cols, bits) + 4u; }

static matrix_t layer_matrix(walk_t* walk) {
  const mcl_image_header_t* m = walk->model;
  const uint32_t kv_dim = m->kv_dim;
  if (walk->index == 0) {
    walk->offset = m->layers_offset + walk->layer * m->layer_bytes + MCL_LAYER_SHIFTS_BYTES + 2u * m->dim;
  }
  /* q, k, v, o, gate and up, down; what stands between them */
  const uint32_t blocks[PER_LAYER] = {m->dim / 2u, kv_dim / 2u,   kv_dim / 2u,
                                      m->dim / 2u, m->hidden_dim, m->dim / 2u};
  const uint32_t behind[PER_LAYER] = {0, 2u * kv_dim, 0, 2u * m->dim, 0, 0};
  const uint32_t cols = walk->index == PER_LAYER - 1 ? m->hidden_dim : m->dim;
  const matrix_t matrix = {walk->offset, blocks[walk->index], block_bytes(cols, m->layer_bits),
                           m->layer_bits};
  walk->offset += matrix.blocks * matrix.block_bytes + behind[walk->index];
  if (++walk->index == PER_LAYER) {
    walk->index = 0;
    walk->layer++;
  }
  return matrix;
}

static matrix_t classifier_piece(walk_t* walk) {
  const mcl_image_header_t* m = walk->model;
  if (walk->index == 0) walk->offset = m->classifier_offset + 2u * m->dim;
  const uint32_t left = m->vocab_size - walk->index * ENGINE_LOGIT_ROWS;
  const uint32_t rows = left < ENGINE_LOGIT_ROWS ? left : ENGINE_LOGIT_ROWS;
  const matrix_t matrix = {walk->offset, (rows + 1u) / 2u, block_bytes(m->dim, m->classifier_bits),
                           m->classifier_bits};
  walk->offset += matrix.blocks * matrix.block_bytes;
  walk->index++;
  return matrix;
}

static matrix_t next_matrix(walk_t* walk) {
  return walk->layer < walk->model->n_layers ? layer_matrix(walk) : classifier_piece(walk);
}

static uint32_t count_matrices(const mcl_image_header_t* m) {
  return (uint32_t)m->n_layers * PER_LAYER + (m->vocab_size + ENGINE_LOGIT_ROWS - 1u) / ENGINE_LOGIT_ROWS;
}

/* A block, the sign bits of its weights flipped; the multipliers, its last word, as they are. */
static void copy_block(uint8_t* to, const uint8_t* from, uint32_t bytes, uint8_t bits) {
  const uint32_t signs = bits == 4 ? DOT_SIGNS_S4 : DOT_SIGNS_S8;
  for (uint32_t i = 0; i < bytes; i += 4) {
    const uint32_t word = *(const uint32_t*)(const void*)(from + i);
    *(uint32_t*)(void*)(to + i) = i + 4 < bytes ? word ^ signs : word;
  }
}

/* How much of 2^16 of every matrix there is room for. */
static uint32_t proportion(const mcl_image_header_t* model, uint32_t entries, uint32_t bytes) {
  walk_t walk = {.model = model};
  uint32_t all = 0;
  for (uint32_t i = 0; i < entries; i++) {
    const matrix_t matrix = next_matrix(&walk);
    all += matrix.blocks * matrix.block_bytes;
  }
  if (bytes >= all) return 1u << 16;
  return (uint32_t)(((uint64_t)bytes << 16) / all);
}

void tape_keep(const tape_t* tape, const mcl_image_header_t* model, uint8_t* memory, uint32_t bytes) {
  const uint32_t entries = count_matrices(model), table_bytes = entries * (uint32_t)sizeof(kept_t);
  kept.bytes = 0;
  kept.entries = 0;
  kept.next = 0;
  bytes &= ~(uint32_t)7u;
  if (bytes <= table_bytes) return;

  const uint32_t share = proportion(model, entries, bytes - table_bytes);
  walk_t walk = {.model = model};
  uint32_t used = table_bytes;
  for (uint32_t i = 0; i < entries; i++) {
    const matrix_t matrix = next_matrix(&walk);
    used += (matrix.blocks * share >> 16) * matrix.block_bytes;
  }
  used = (used + 7u) & ~(uint32_t)7u;
  uint8_t* to = memory + (bytes - used);
  kept.table = (kept_t*)(void*)to;
  to += table_bytes;
  walk = (walk_t){.model = model};
  for (uint32_t i = 0; i < entries; i++) {
    const matrix_t matrix = next_matrix(&walk);
    kept.table[i] = (kept_t){matrix.offset, to, matrix.blocks * share >> 16};
    const uint8_t* from = tape->image + matrix.offset;
    for (uint32_t block = 0; block < kept.table[i].blocks; block++) {
      copy_block(to, from, matrix.block_bytes, matrix.bits);
      from += matrix.block_bytes;
      to += matrix.block_bytes;
    }
  }
  kept.entries = entries;
  kept.bytes = used;
}

uint32_t tape_kept(void) { return kept.bytes; }

const kept_t* kept_find(uint32_t offset) {
  for (uint32_t tries = 0; tries < kept.entries; tries++) {
    const kept_t* const entry = &kept.table[kept.next];
    if (++kept.next == kept.entries) kept.next = 0;
    if (entry->offset == offset) return entry;
  }
  return NULL;
}
