/* SPDX-License-Identifier: MIT */
/* Included before everything else when the plain kernels are compiled a second time: under other names, to
 * stand beside those that the port links. */
#define attention_output_s16 plain_attention_output_s16
#define attention_score_s16 plain_attention_score_s16
#define attention_score_s8 plain_attention_score_s8
#define attention_softmax plain_attention_softmax
#define attention_value_s16 plain_attention_value_s16
#define attention_value_s8 plain_attention_value_s8
#define crc32_s32 plain_crc32_s32
#define dot_pair_s4 plain_dot_pair_s4
#define dot_pair_s8 plain_dot_pair_s8
#define dot_quad_s8 plain_dot_quad_s8
#define exp2_octave plain_exp2_octave
#define exp2_q15 plain_exp2_q15
#define isqrt_u64 plain_isqrt_u64
#define matmul_cell_s16 plain_matmul_cell_s16
#define matmul_cell_s8 plain_matmul_cell_s8
#define requantize_s16 plain_requantize_s16
#define requantize_s32 plain_requantize_s32
#define rmsnorm_s16 plain_rmsnorm_s16
#define rotate_key_s16 plain_rotate_key_s16
#define rotate_key_s8 plain_rotate_key_s8
#define rotate_pair plain_rotate_pair
#define rotate_s16 plain_rotate_s16
#define sampling_add plain_sampling_add
#define sampling_add_probability plain_sampling_add_probability
#define sampling_distance plain_sampling_distance
#define sampling_exceeds plain_sampling_exceeds
#define sampling_random plain_sampling_random
#define sampling_scale plain_sampling_scale
#define sampling_subtract plain_sampling_subtract
#define sigmoid_q15 plain_sigmoid_q15
#define sine_q14 plain_sine_q14
#define swiglu_s16 plain_swiglu_s16
