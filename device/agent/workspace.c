/* SPDX-License-Identifier: MIT */
/* PUT, GET, MATMUL: plain memory, and a product of two matrices in it. */
#include "agent/commands.h"
#include "kernels/kernels.h"

mcl_status_t command_put(const uint8_t* in, uint16_t n) {
  const uint32_t offset = mcl_get_u32(in);
  n = (uint16_t)(n - 4);
  const mcl_status_t status = check_most(end_of(offset, n), agent.workspace_bytes);
  if (status != MCL_OK) return status;
  in += 4;
  for (uint8_t* to = agent.arena + offset; n != 0; n--) *to++ = *in++;
  return MCL_OK;
}

mcl_status_t command_get(const uint8_t* in, uint16_t n) {
  const uint32_t offset = mcl_get_u32(in);
  const uint16_t count = mcl_get_u16(in + 4);
  (void)n;
  mcl_status_t status = check_room(count, 1);
  if (status == MCL_OK) status = check_most(end_of(offset, count), agent.workspace_bytes);
  if (status != MCL_OK) return status;
  const uint8_t* from = agent.arena + offset;
  for (uint16_t i = 0; i < count; i++) reply_u8(*from++);
  return MCL_OK;
}

enum {
  MATMUL_OFFSET_BYTES = 4, /* of a request where A is stored */
  PIECE_BYTES = 64         /* of a stored row that are in memory at a time */
};

/* MATMUL's payload: nothing is between its fields, here as there. */
typedef struct __attribute__((packed)) {
  uint16_t rows, inner, cols; /* R, K, C */
  uint8_t flags;
  uint32_t first;
  uint16_t count;
  uint32_t offset; /* of A in the storage, when it is there */
} matmul_t;
_Static_assert(sizeof(matmul_t) == 17, "as on the wire");

static bool is_stored(const matmul_t* m) { return (m->flags & MCL_MATMUL_A_STORED) != 0; }
/* the flags' values make it arithmetic */
static uint8_t element_bytes(const matmul_t* m) { return (uint8_t)(1 + (m->flags & MCL_MATMUL_B_INT16)); }
static uint8_t cell_bytes(const matmul_t* m) { return (uint8_t)(4 - (m->flags & MCL_MATMUL_OUT_INT16)); }

static mcl_status_t check_matmul(const matmul_t* m) {
  const uint8_t all_flags = MCL_MATMUL_B_INT16 | MCL_MATMUL_OUT_INT16 | MCL_MATMUL_A_STORED;
  const uint32_t cells = (uint32_t)m->rows * m->cols;
  const uint32_t per_inner = (is_stored(m) ? 0 : m->rows) + (uint32_t)m->cols * element_bytes(m);
  if (cells == 0 || m->inner == 0) return refuse(MCL_ERR_RANGE, 1, 0);
  const uint32_t needed = per_inner > UINT32_MAX / m->inner ? UINT32_MAX : per_inner * m->inner;
  if (needed > agent.workspace_bytes) return fail(MCL_ERR_MEMORY, needed, agent.workspace_bytes);
  mcl_status_t status = check_most(m->flags, all_flags);
  if (status == MCL_OK && is_stored(m)) {
    status = check_most(end_of(m->offset, (uint32_t)m->rows * m->inner), agent.store.bytes);
  }
  if (status == MCL_OK) status = check_room(m->count, cell_bytes(m));
  return status == MCL_OK ? check_most(end_of(m->first, m->count), cells) : status;
}

/* Adds what n elements of a row of A are worth to `count` cells of the reply; b: from where the first of them
 * meets the cells' first column. */
static void add_piece(const matmul_t* m, const uint8_t* a, const uint8_t* b, uint16_t n, uint16_t count,
                      uint8_t* cell) {
  for (; count != 0; count--, b += element_bytes(m)) {
    uint32_t sum = (uint32_t)(element_bytes(m) != 1 ? matmul_cell_s16(a, b, n, m->cols)
                                                    : matmul_cell_s8(a, b, n, m->cols));
    sum += mcl_get_u16(cell);
    mcl_put_u16(cell, (uint16_t)sum);
    cell += 2;
    if ((m->flags & MCL_MATMUL_OUT_INT16) != 0) continue;
    mcl_put_u16(cell, (uint16_t)(mcl_get_u16(cell) + (sum >> 16)));
    cell += 2;
  }
}

/* The row of A at m->offset, of the storage or the arena, times the `count` columns at b: cells that are
 * zero. It passes by once, whatever `count`. */
static bool multiply_row(const matmul_t* m, const uint8_t* b, uint16_t count, uint8_t* cells) {
  uint8_t piece[PIECE_BYTES];
  uint16_t n = m->inner;
  const uint8_t* a = agent.arena + m->offset;
  for (uint16_t k = 0; k < m->inner; k = (uint16_t)(k + n)) {
    if (is_stored(m)) {
      n = (uint16_t)(m->inner - k);
      if (n > PIECE_BYTES) n = PIECE_BYTES;
      a = piece;
      if (!hal_store_read(m->offset + k, piece, n)) return false;
    }
    add_piece(m, a, b, n, count, cells);
    b += (arena_size_t)n * m->cols * element_bytes(m);
  }
  return true;
}

mcl_status_t command_matmul(const uint8_t* in, uint16_t n) {
  matmul_t m;
  /* behind a shorter request is its CRC, which is not used */
  __builtin_memcpy(&m, in, sizeof m);
  const uint16_t expected = is_stored(&m) ? sizeof m : sizeof m - MATMUL_OFFSET_BYTES;
  if (n != expected) return refuse(MCL_ERR_LENGTH, expected, n);
  const mcl_status_t status = check_matmul(&m);
  if (status != MCL_OK) return status;

  const uint8_t* b = agent.arena;
  if (!is_stored(&m)) {
    b += (arena_size_t)m.rows * m.inner;
    m.offset = 0;
  }
  uint16_t col = (uint16_t)(m.first % m.cols);
  m.offset += (uint16_t)(m.first / m.cols) * (uint32_t)m.inner;
  for (uint16_t done = 0; done != m.count; col = 0, m.offset += m.inner) {
    uint16_t count = (uint16_t)(m.cols - col);
    if (count > m.count - done) count = (uint16_t)(m.count - done);
    uint8_t* const cells = agent.reply_end;
    for (uint16_t i = (uint16_t)(count * cell_bytes(&m)); i != 0; i--) reply_u8(0);
    if (!multiply_row(&m, b + col * element_bytes(&m), count, cells)) return fail(MCL_ERR_STORE, m.offset, 0);
    done = (uint16_t)(done + count);
    if (!agent_keep_running()) return refuse(MCL_ERR_ABORTED, done, 0);
  }
  return MCL_OK;
}
