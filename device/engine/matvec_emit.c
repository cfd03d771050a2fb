/* SPDX-License-Identifier: MIT */
#include "engine/matvec.h"
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

void matvec_store_s16(const matvec_t* job, uint16_t row, const tape_pair_t* pair) {
  int16_t* y = (int16_t*)job->to + row;
  y[0] = requantize_s16(pair->acc[0], pair->multiplier[0], job->shift[0]);
  y[1] = requantize_s16(pair->acc[1], pair->multiplier[1], job->shift[1]);
}

void matvec_store_s32(const matvec_t* job, uint16_t row, const tape_pair_t* pair) {
  int32_t* y = (int32_t*)job->to + row;
  y[0] = requantize_s32(pair->acc[0], pair->multiplier[0], job->shift[0]);
  y[1] = requantize_s32(pair->acc[1], pair->multiplier[1], job->shift[1]);
}

void matvec_add_s32(const matvec_t* job, uint16_t row, const tape_pair_t* pair) {
  int32_t* y = (int32_t*)job->to + row;
  y[0] = add_wrap_s32(y[0], requantize_s32(pair->acc[0], pair->multiplier[0], job->shift[0]));
  y[1] = add_wrap_s32(y[1], requantize_s32(pair->acc[1], pair->multiplier[1], job->shift[1]));
}
