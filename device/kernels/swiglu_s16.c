/* SPDX-License-Identifier: MIT */
#include "kernels/arithmetic.h"
#include "kernels/kernels.h"

int16_t swiglu_s16(int16_t gate, int16_t up, uint8_t gate_frac, uint8_t hidden_shift) {
  const int32_t z = rsh_s32((int32_t)gate * (int32_t)sigmoid_q15(gate, gate_frac), 15);
  return sat_s16(rsh_s32(z * up, hidden_shift));
}
