/* SPDX-License-Identifier: MIT */
/* PUT, GET, MATMUL: plain memory, and a product of two matrices in it. */
#include "agent/commands.h"
#include "kernels/kernels.h"

/* n bytes from offset on are within the workspace */
static mcl_status_t check_range(uint32_t offset, uint16_t n, reply_t* reply) {
  const uint32_t limit = agent_workspace_bytes();
  if (offset > limit) return fail(reply, MCL_ERR_RANGE, limit, offset);
  return n <= limit - offset ? MCL_OK : fail(reply, MCL_ERR_RANGE, limit, offset + n);
}

mcl_status_t command_put(const uint8_t* in, uint16_t n, reply_t* reply) {
  const uint32_t offset = mcl_get_u32(in);
  n = (uint16_t)(n - 4);
  const mcl_status_t status = check_range(offset, n, reply);
  if (status != MCL_OK) return status;
  for (uint16_t i = 0; i < n; i++) agent.arena[offset + i] = in[4 + i];
  return MCL_OK;
}

mcl_status_t command_get(const uint8_t* in, uint16_t n, reply_t* reply) {
  const uint32_t offset = mcl_get_u32(in);
  const uint16_t count = mcl_get_u16(in + 4);
  (void)n;
  if (count > reply_room(reply)) return fail(reply, MCL_ERR_RANGE, reply_room(reply), count);
  const mcl_status_t status = check_range(offset, count, reply);
  if (status != MCL_OK) return status;
  for (uint16_t i = 0; i < count; i++) reply_u8(reply, agent.arena[offset + i]);
  return MCL_OK;
}

enum {
  MATMUL_BYTES = 13, /* of a request; a stored A's offset comes on top */
  MATMUL_OFFSET_BYTES = 4,
  PIECE_BYTES = 64 /* of a stored row that are in memory at a time */
};

typedef struct {
  uint16_t rows, inner, cols; /* R, K, C */
  uint8_t flags;
  uint32_t first;
  uint16_t count;
  uint32_t offset; /* of A in the storage, when it is there */
} matmul_t;

static bool is_stored(const matmul_t* m) { return (m->flags & MCL_MATMUL_A_STORED) != 0; }
static uint8_t element_bytes(const matmul_t* m) { return (m->flags & MCL_MATMUL_B_INT16) != 0 ? 2 : 1; }
static uint8_t cell_bytes(const matmul_t* m) { return (m->flags & MCL_MATMUL_OUT_INT16) != 0 ? 2 : 4; }

/* A lies within the storage. */
static mcl_status_t check_stored(const matmul_t* m, reply_t* reply) {
  hal_board_t board;
  hal_board(&board);
  const uint32_t bytes = (uint32_t)m->rows * m->inner;
  if (m->offset <= board.store_bytes && bytes <= board.store_bytes - m->offset) return MCL_OK;
  const uint32_t end = bytes > UINT32_MAX - m->offset ? UINT32_MAX : m->offset + bytes;
  return fail(reply, MCL_ERR_RANGE, board.store_bytes, end);
}

static mcl_status_t check_matmul(const matmul_t* m, reply_t* reply) {
  const uint8_t all_flags = MCL_MATMUL_B_INT16 | MCL_MATMUL_OUT_INT16 | MCL_MATMUL_A_STORED;
  const uint32_t cells = (uint32_t)m->rows * m->cols;
  const uint32_t per_inner = (is_stored(m) ? 0 : m->rows) + (uint32_t)m->cols * element_bytes(m);
  const uint16_t most = (uint16_t)((reply_room(reply) - 4) / cell_bytes(m));
  if (m->rows == 0 || m->inner == 0 || m->cols == 0) return fail(reply, MCL_ERR_RANGE, 1, 0);
  if (m->flags > all_flags) return fail(reply, MCL_ERR_RANGE, all_flags, m->flags);
  const uint32_t needed = per_inner > UINT32_MAX / m->inner ? UINT32_MAX : per_inner * m->inner;
  if (needed > agent_workspace_bytes()) {
    return fail(reply, MCL_ERR_MEMORY, needed, agent_workspace_bytes());
  }
  if (m->count > most) return fail(reply, MCL_ERR_RANGE, most, m->count);
  if (m->first > cells || m->count > cells - m->first) {
    return fail(reply, MCL_ERR_RANGE, cells, m->first + m->count);
  }
  return is_stored(m) ? check_stored(m, reply) : MCL_OK;
}

/* Adds elements k .. k + n - 1 of a row of A, which are at `a`, to the cells of columns col .. col + count
 * - 1.
 */
static void add_piece(const matmul_t* m, const uint8_t* a, uint16_t k, uint16_t n, uint16_t col,
                      uint16_t count, uint8_t* cell) {
  const uint8_t* b = agent.arena + (is_stored(m) ? 0 : (uint32_t)m->rows * m->inner);
  b += ((uint32_t)k * m->cols + col) * element_bytes(m);
  for (uint16_t i = 0; i < count; i++) {
    const uint32_t sum = (uint32_t)((m->flags & MCL_MATMUL_B_INT16) != 0 ? matmul_cell_s16(a, b, n, m->cols)
                                                                         : matmul_cell_s8(a, b, n, m->cols));
    if ((m->flags & MCL_MATMUL_OUT_INT16) != 0) {
      mcl_put_u16(cell, (uint16_t)(mcl_get_u16(cell) + sum));
    } else {
      mcl_put_u32(cell, mcl_get_u32(cell) + sum);
    }
    b += element_bytes(m);
    cell += cell_bytes(m);
  }
}

/* Cells (row, col) .. (row, col + count - 1), which are zero. A stored row passes by once, whatever `count`.
 */
static bool multiply_row(const matmul_t* m, uint16_t row, uint16_t col, uint16_t count, uint8_t* cells) {
  const uint32_t at = (uint32_t)row * m->inner;
  if (!is_stored(m)) {
    add_piece(m, agent.arena + at, 0, m->inner, col, count, cells);
    return true;
  }
  uint8_t piece[PIECE_BYTES];
  uint16_t n;
  for (uint16_t k = 0; k < m->inner; k = (uint16_t)(k + n)) {
    const uint16_t left = (uint16_t)(m->inner - k);
    n = left < PIECE_BYTES ? left : PIECE_BYTES;
    if (!hal_store_read(m->offset + at + k, piece, n)) return false;
    add_piece(m, piece, k, n, col, count, cells);
  }
  return true;
}

mcl_status_t command_matmul(const uint8_t* in, uint16_t n, reply_t* reply) {
  matmul_t m = {mcl_get_u16(in),
                mcl_get_u16(in + 2),
                mcl_get_u16(in + 4),
                in[6],
                mcl_get_u32(in + 7),
                mcl_get_u16(in + 11),
                0};
  const uint16_t expected = is_stored(&m) ? MATMUL_BYTES + MATMUL_OFFSET_BYTES : MATMUL_BYTES;
  if (n != expected) return fail(reply, MCL_ERR_LENGTH, expected, n);
  if (is_stored(&m)) m.offset = mcl_get_u32(in + MATMUL_BYTES);
  const mcl_status_t status = check_matmul(&m, reply);
  if (status != MCL_OK) return status;

  const uint32_t start = hal_ticks();
  reply_u32(reply, 0);
  uint8_t* cells = reply->bytes + reply->used;
  const uint16_t bytes = (uint16_t)(m.count * cell_bytes(&m));
  for (uint16_t i = 0; i < bytes; i++) reply_u8(reply, 0);
  uint16_t row = (uint16_t)(m.first / m.cols), col = (uint16_t)(m.first % m.cols);
  for (uint16_t done = 0; done < m.count; row++, col = 0) {
    uint16_t count = (uint16_t)(m.cols - col);
    if (count > m.count - done) count = (uint16_t)(m.count - done);
    if (!multiply_row(&m, row, col, count, cells + done * cell_bytes(&m))) {
      return fail(reply, MCL_ERR_STORE, m.offset + (uint32_t)row * m.inner, 0);
    }
    done = (uint16_t)(done + count);
    if (!agent_keep_running()) return fail(reply, MCL_ERR_ABORTED, done, 0);
  }
  mcl_put_u32(reply->bytes + 1, hal_ticks() - start);
  return MCL_OK;
}
