/* SPDX-License-Identifier: MIT */
#include "kernels/arch/avr/offsets.inc"

#include "kernels/arch/avr/stands_at.h"
#include "kernels/kernels.h"

STANDS_AT(attention_head_t, score, HEAD_SCORE);
STANDS_AT(attention_head_t, sum, HEAD_SUM);
STANDS_AT(attention_head_t, max, HEAD_MAX);
STANDS_AT(attention_head_t, weight, HEAD_WEIGHT);
STANDS_AT(attention_head_t, rescale, HEAD_RESCALE);

STANDS_AT(sampler_t, inv_temperature, SAMPLER_INV_TEMPERATURE);
STANDS_AT(sampler_t, top_p, SAMPLER_TOP_P);
STANDS_AT(sampler_t, state, SAMPLER_STATE);
STANDS_AT(sampler_t, max, SAMPLER_MAX);
_Static_assert(SAMPLING_FARTHEST == FARTHEST, "sampling.S, port/atmega328p/sampler.S");
