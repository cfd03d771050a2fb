/* SPDX-License-Identifier: MIT */
#include "port/atmega328p/offsets.inc"

#include <stddef.h>

#include "engine/matvec.h"
#include "engine/sampler.h"
#include "port/atmega328p/stream.h"

_Static_assert(offsetof(matvec_t, x) == JOB_X, "stream_matvec.S");
_Static_assert(offsetof(matvec_t, blocks) == JOB_BLOCKS, "stream_matvec.S");
_Static_assert(offsetof(matvec_t, bits) == JOB_BITS, "stream_matvec.S");
_Static_assert(offsetof(matvec_t, shift) == JOB_SHIFT, "stream_matvec.S");
_Static_assert(offsetof(matvec_t, emit) == JOB_EMIT, "stream_matvec.S");
_Static_assert(offsetof(matvec_t, to) == JOB_TO, "stream_matvec.S");
_Static_assert(offsetof(matvec_t, gate_up) == JOB_GATE_UP, "stream_matvec.S");
_Static_assert(offsetof(gate_up_t, gate_frac) == 0, "stream_matvec.S");
_Static_assert(offsetof(gate_up_t, hidden_shift) == 1, "stream_matvec.S");

_Static_assert(offsetof(logits_t, count) == LOGITS_COUNT, "sampler.S");
_Static_assert(offsetof(sampler_work_t, mass) == WORK_MASS, "sampler.S");
_Static_assert(offsetof(sampler_work_t, wanted) == WORK_WANTED, "sampler.S");
_Static_assert(offsetof(sampler_work_t, bins) == WORK_BINS, "sampler.S");
_Static_assert(SAMPLER_BINS == WORK_BIN_COUNT, "sampler.S");

_Static_assert(offsetof(stream_heads_t, q) == 0, "stream_attention.S");
_Static_assert(offsetof(stream_heads_t, sums) == 2, "stream_attention.S");
_Static_assert(offsetof(stream_heads_t, heads) == 4, "stream_attention.S");
_Static_assert(offsetof(stream_heads_t, initials) == 6, "stream_attention.S");
_Static_assert(offsetof(stream_heads_t, head_size) == 8, "stream_attention.S");
_Static_assert(offsetof(stream_heads_t, kv_heads) == 9, "stream_attention.S");
_Static_assert(sizeof(attention_sum_t) == HEAD_BYTES, "stream_attention.S");
_Static_assert(sizeof(stream_group_t) == GROUP_BYTES, "stream_attention.S");
