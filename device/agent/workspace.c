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

typedef struct {
  uint16_t rows, inner, cols; /* R, K, C */
  uint8_t flags;
  uint32_t first;
  uint16_t count;
} matmul_t;

static mcl_status_t check_matmul(const matmul_t* m, reply_t* reply) {
  const uint8_t cell = (m->flags & MCL_MATMUL_OUT_INT16) != 0 ? 2 : 4;
  const uint8_t element = (m->flags & MCL_MATMUL_B_INT16) != 0 ? 2 : 1;
  const uint32_t cells = (uint32_t)m->rows * m->cols;
  const uint32_t per_inner = m->rows + (uint32_t)m->cols * element;
  const uint16_t most = (uint16_t)((reply_room(reply) - 4) / cell);
  if (m->rows == 0 || m->inner == 0 || m->cols == 0) return fail(reply, MCL_ERR_RANGE, 1, 0);
  if (m->flags > (MCL_MATMUL_B_INT16 | MCL_MATMUL_OUT_INT16)) return fail(reply, MCL_ERR_RANGE, 3, m->flags);
  const uint32_t needed = per_inner > UINT32_MAX / m->inner ? UINT32_MAX : per_inner * m->inner;
  if (needed > agent_workspace_bytes()) {
    return fail(reply, MCL_ERR_MEMORY, needed, agent_workspace_bytes());
  }
  if (m->count > most) return fail(reply, MCL_ERR_RANGE, most, m->count);
  if (m->first > cells || m->count > cells - m->first) {
    return fail(reply, MCL_ERR_RANGE, cells, m->first + m->count);
  }
  return MCL_OK;
}

static int32_t matmul_cell(const matmul_t* m, uint16_t row, uint16_t col) {
  const uint8_t* a = agent.arena + (uint32_t)row * m->inner;
  const uint8_t* b = agent.arena + (uint32_t)m->rows * m->inner;
  if ((m->flags & MCL_MATMUL_B_INT16) != 0) {
    return matmul_cell_s16(a, b + 2 * (uint32_t)col, m->inner, m->cols);
  }
  return matmul_cell_s8(a, b + col, m->inner, m->cols);
}

mcl_status_t command_matmul(const uint8_t* in, uint16_t n, reply_t* reply) {
  const matmul_t m = {mcl_get_u16(in), mcl_get_u16(in + 2), mcl_get_u16(in + 4),
                      in[6],           mcl_get_u32(in + 7), mcl_get_u16(in + 11)};
  (void)n;
  const mcl_status_t status = check_matmul(&m, reply);
  if (status != MCL_OK) return status;

  const uint32_t start = hal_ticks();
  reply_u32(reply, 0);
  uint16_t row = (uint16_t)(m.first / m.cols), col = (uint16_t)(m.first % m.cols);
  for (uint16_t i = 0; i < m.count; i++) {
    const uint32_t cell = (uint32_t)matmul_cell(&m, row, col);
    if ((m.flags & MCL_MATMUL_OUT_INT16) != 0) {
      reply_u16(reply, (uint16_t)cell);
    } else {
      reply_u32(reply, cell);
    }
    if (++col == m.cols) {
      col = 0;
      row++;
    }
    if (!agent_keep_running()) return fail(reply, MCL_ERR_ABORTED, i + 1u, 0);
  }
  mcl_put_u32(reply->bytes + 1, hal_ticks() - start);
  return MCL_OK;
}
