/* SPDX-License-Identifier: MIT */
#include "engine/wide/wide.h"
#include "kernels/kernels.h"
#include "proto/bytes.h"
#include "proto/image.h"

static void emit(const matvec_t* job, uint16_t block, const int32_t acc[2], const uint8_t* multipliers) {
  const tape_pair_t pair = {{acc[0], acc[1]}, {mcl_get_u16(multipliers), mcl_get_u16(multipliers + 2)}};
  job->emit(job, (uint16_t)(2u * block), &pair);
}

void matvec_blocks(const matvec_t* job, const uint8_t* rows, uint16_t first, uint16_t end) {
  const uint16_t row_bytes = (uint16_t)mcl_row_bytes(job->cols, job->bits);
  const uint32_t rows_bytes = 2u * (uint32_t)row_bytes, block_bytes = rows_bytes + 4u;
  const uint8_t* at = rows + first * block_bytes;
  uint16_t block = first;
  if (job->bits == 8) {
    for (; block + 1u < end; block = (uint16_t)(block + 2)) {
      int32_t acc[4];
      dot_quad_s8(acc, at, row_bytes, job->x, job->cols);
      emit(job, block, acc, at + rows_bytes);
      emit(job, (uint16_t)(block + 1), acc + 2, at + block_bytes + rows_bytes);
      at += 2u * block_bytes;
    }
  }
  for (; block < end; block++) {
    int32_t acc[2];
    if (job->bits == 4) {
      dot_pair_s4(acc, at, row_bytes, job->x, job->cols);
    } else {
      dot_pair_s8(acc, at, row_bytes, job->x, job->cols);
    }
    emit(job, block, acc, at + rows_bytes);
    at += block_bytes;
  }
}
