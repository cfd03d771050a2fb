/* SPDX-License-Identifier: MIT */
/* The kernels of a port beside the plain ones: what the checks share. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/kernels.h"

/* Numbers of which any size is as likely as any other, and the edges are not rare. */
uint32_t random_u32(void);
int32_t any_s32(void);
int16_t any_s16(void); /* -32767..32767 */
int8_t any_s8(void);   /* -127..127 */

/* One comparison; the first that fails is reported with its name and argument. */
void expect(bool equal, const char* what, uint32_t argument);
bool all_equal(void);

void check_matrices(void);  /* dot_*, requantize_*, matmul_cell_* */
void check_functions(void); /* norm, tables, rotation, crc */
void check_attention(void);

/* The plain twins. */
__typeof__(attention_output_s16) plain_attention_output_s16;
__typeof__(attention_score_s16) plain_attention_score_s16;
__typeof__(attention_score_s8) plain_attention_score_s8;
__typeof__(attention_softmax) plain_attention_softmax;
__typeof__(attention_value_s16) plain_attention_value_s16;
__typeof__(attention_value_s8) plain_attention_value_s8;
__typeof__(crc32_s32) plain_crc32_s32;
__typeof__(dot_pair_s4) plain_dot_pair_s4;
__typeof__(dot_pair_s8) plain_dot_pair_s8;
__typeof__(dot_quad_s8) plain_dot_quad_s8;
__typeof__(exp2_q15) plain_exp2_q15;
__typeof__(isqrt_u64) plain_isqrt_u64;
__typeof__(matmul_cell_s16) plain_matmul_cell_s16;
__typeof__(matmul_cell_s8) plain_matmul_cell_s8;
__typeof__(requantize_s16) plain_requantize_s16;
__typeof__(requantize_s32) plain_requantize_s32;
__typeof__(rmsnorm_s16) plain_rmsnorm_s16;
__typeof__(rotate_key_s16) plain_rotate_key_s16;
__typeof__(rotate_key_s8) plain_rotate_key_s8;
__typeof__(rotate_pair) plain_rotate_pair;
__typeof__(rotate_s16) plain_rotate_s16;
__typeof__(sampling_add) plain_sampling_add;
__typeof__(sampling_add_probability) plain_sampling_add_probability;
__typeof__(sampling_distance) plain_sampling_distance;
__typeof__(sampling_exceeds) plain_sampling_exceeds;
__typeof__(sampling_random) plain_sampling_random;
__typeof__(sampling_scale) plain_sampling_scale;
__typeof__(sampling_subtract) plain_sampling_subtract;
__typeof__(sigmoid_q15) plain_sigmoid_q15;
__typeof__(sine_q14) plain_sine_q14;
__typeof__(swiglu_s16) plain_swiglu_s16;

#endif
