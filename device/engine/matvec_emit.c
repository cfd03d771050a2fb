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

void matvec_store_hidden(const matvec_t* job, uint16_t row, const tape_pair_t* pair) {
  const gate_up_t* to = job->gate_up;
  const uint16_t r = row / 2u;
  const int16_t gate = requantize_s16(pair->acc[0], pair->multiplier[0], job->shift[0]);
  const int16_t up = requantize_s16(pair->acc[1], pair->multiplier[1], job->shift[1]);
  ((int16_t*)job->to)[r] = swiglu_s16(gate, up, to->gate_frac, to->hidden_shift);
  if (!trace_runs(to->trace)) return; /* once for all rows of a token that is not traced */
  if (trace_wants(to->trace, MCL_OP_GATE, to->layer)) trace_element(to->trace, job->blocks, r, gate);
  if (trace_wants(to->trace, MCL_OP_UP, to->layer)) trace_element(to->trace, job->blocks, r, up);
}
