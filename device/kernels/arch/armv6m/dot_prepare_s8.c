/* SPDX-License-Identifier: MIT */
#include "kernels/arch/armv6m/dot_prepare.h"

int32_t dot_prepare_s8(int32_t* y, const int16_t* x, uint16_t cols) { return dot_prepare(y, x, cols, 4, 8); }
