/* SPDX-License-Identifier: MIT */
#include "kernels/arch/armv6m/attention_words.h"
#include "kernels/arch/armv6m/dot_words.h"

int32_t score_prepare_s8(int32_t* y, const int16_t* q, uint16_t n) { return dot_prepare_s8(y, q, n); }
