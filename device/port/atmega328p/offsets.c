/* SPDX-License-Identifier: MIT */
#include "port/atmega328p/offsets.inc"

#include "engine/matvec.h"
#include "engine/sampler.h"
#include "kernels/arch/avr/stands_at.h"
#include "port/atmega328p/stream.h"

STANDS_AT(matvec_t, x, JOB_X);
STANDS_AT(matvec_t, blocks, JOB_BLOCKS);
STANDS_AT(matvec_t, bits, JOB_BITS);
STANDS_AT(matvec_t, shift, JOB_SHIFT);
STANDS_AT(matvec_t, emit, JOB_EMIT);
STANDS_AT(matvec_t, to, JOB_TO);
STANDS_AT(matvec_t, gate_up, JOB_GATE_UP);
STANDS_AT(gate_up_t, gate_frac, 0);
STANDS_AT(gate_up_t, hidden_shift, 1);

STANDS_AT(logits_t, count, LOGITS_COUNT);
STANDS_AT(sampler_work_t, mass, WORK_MASS);
STANDS_AT(sampler_work_t, wanted, WORK_WANTED);
STANDS_AT(sampler_work_t, bins, WORK_BINS);
_Static_assert(SAMPLER_BINS == WORK_BIN_COUNT, "sampler.S");

STANDS_AT(stream_heads_t, q, 0);
STANDS_AT(stream_heads_t, sums, 2);
STANDS_AT(stream_heads_t, heads, 4);
STANDS_AT(stream_heads_t, initials, 6);
STANDS_AT(stream_heads_t, head_size, 8);
STANDS_AT(stream_heads_t, kv_heads, 9);
_Static_assert(sizeof(attention_sum_t) == HEAD_BYTES, "stream_attention.S");
_Static_assert(sizeof(stream_group_t) == GROUP_BYTES, "stream_attention.S");
