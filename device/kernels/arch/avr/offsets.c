/* SPDX-License-Identifier: MIT */
#include "kernels/arch/avr/offsets.inc"

#include <stddef.h>

#include "kernels/kernels.h"

_Static_assert(offsetof(attention_head_t, score) == HEAD_SCORE, "attention.S");
_Static_assert(offsetof(attention_head_t, sum) == HEAD_SUM, "attention.S");
_Static_assert(offsetof(attention_head_t, max) == HEAD_MAX, "attention.S");
_Static_assert(offsetof(attention_head_t, weight) == HEAD_WEIGHT, "attention.S");
_Static_assert(offsetof(attention_head_t, rescale) == HEAD_RESCALE, "attention.S");

_Static_assert(offsetof(sampler_t, inv_temperature) == SAMPLER_INV_TEMPERATURE, "sampling.S");
_Static_assert(offsetof(sampler_t, top_p) == SAMPLER_TOP_P, "port/atmega328p/sampler.S");
_Static_assert(offsetof(sampler_t, state) == SAMPLER_STATE, "port/atmega328p/sampler.S");
_Static_assert(offsetof(sampler_t, max) == SAMPLER_MAX, "sampling.S");
_Static_assert(SAMPLING_FARTHEST == FARTHEST, "sampling.S, port/atmega328p/sampler.S");
