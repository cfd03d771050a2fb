/* SPDX-License-Identifier: MIT */
/* The arithmetic of a token, one function per file, plain C always kept. A faster twin for some instruction
 * set lives in arch/<isa>/ under the same name and gives the same bits. Formulas: proto/ARITHMETIC.md. */
#ifndef KERNELS_H
#define KERNELS_H

#include <stdint.h>

#include "proto/rom.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- matrices: sections 2 and 11 --- */

/* acc[i] = sum over c of row i times x, modulo 2^32, for the two rows of a block that stand row_bytes apart.
 * `rows` and x are word-aligned and row_bytes a multiple of 4. x (cols). */
void dot_pair_s8(int32_t acc[2], const uint8_t* rows, uint16_t row_bytes, const int16_t* x, uint16_t cols);
void dot_pair_s4(int32_t acc[2], const uint8_t* rows, uint16_t row_bytes, const int16_t* x, uint16_t cols);
/* The same for the four rows of two blocks as they follow each other on the tape: row_bytes twice, the two
 * multipliers (4 bytes), row_bytes twice. */
void dot_quad_s8(int32_t acc[4], const uint8_t* blocks, uint16_t row_bytes, const int16_t* x, uint16_t cols);

/* gemv16 and gemv32 of one row: rsh(acc * multiplier, shift), saturated or wrapped. shift is 8, 16, 24 or 32.
 */
int16_t requantize_s16(int32_t acc, uint16_t multiplier, uint8_t shift);
int32_t requantize_s32(int32_t acc, uint16_t multiplier, uint8_t shift);

/* One cell of a matrix product: a (k) times every `stride`-th element from b, modulo 2^32. The int16 elements
 * are little-endian at any address. */
int32_t matmul_cell_s8(const uint8_t* a, const uint8_t* b, uint16_t k, uint16_t stride);
int32_t matmul_cell_s16(const uint8_t* a, const uint8_t* b, uint16_t k, uint16_t stride);

/* --- normalisation: section 4 --- */

/* y (n) = x (n) over its root mean square, before the gains. */
void rmsnorm_s16(int16_t* y, const int32_t* x, uint16_t n, uint32_t numerator, uint64_t eps);
/* The largest r with r * r <= v. */
uint32_t isqrt_u64(uint64_t v);

/* --- functions by table: sections 6, 7, 8 --- */

int16_t sine_q14(uint32_t phase);                   /* 2^32 is a full turn */
uint16_t sigmoid_q15(int16_t g, uint8_t gate_frac); /* 0..32768 */
uint16_t exp2_q15(uint8_t f);                       /* 32768 * 2^(-f/256) */
extern MCL_ROM uint16_t exp2_octave[256];           /* all of them; an AVR has them in another order */
int16_t swiglu_s16(int16_t gate, int16_t up, uint8_t gate_frac, uint8_t hidden_shift);

/* Turns the pair at u by the angle with this sine and cosine; Q14 times the unit of the pair. */
void rotate_pair(int32_t turned[2], const int16_t pair[2], int16_t sn, int16_t cs);
/* A query head v (n, even) turned: rotation (n) holds the sine and cosine of each pair. */
void rotate_s16(int16_t* v, const int16_t* rotation, uint16_t n);
/* A key head k (n, even) turned and centred (n), in 8 bits to `key`, which may begin where k does, or in
 * place. */
void rotate_key_s8(int8_t* key, const int16_t* k, const int16_t* rotation, const int16_t* centre, uint16_t n);
void rotate_key_s16(int16_t* k, const int16_t* rotation, const int16_t* centre, uint16_t n);

/* --- attention: section 7 --- */

/* One query head, between two keys. */
typedef struct {
  int32_t score;   /* of the newest key: first the dot product, then s */
  uint32_t sum;    /* L */
  int16_t max;     /* P */
  uint16_t weight; /* p of the newest key */
  uint8_t rescale; /* bits by which sums before the newest key go down */
} attention_head_t;

/* q (n) times a key (n), modulo 2^32. */
int32_t attention_score_s8(const int16_t* q, const int8_t* key, uint16_t n);
int32_t attention_score_s16(const int16_t* q, const int16_t* key, uint16_t n);
/* head->score has become s: brings sum, max, weight and rescale up to date; `first` for key 0. */
void attention_softmax(attention_head_t* head, uint8_t first);
/* sums (n) = A: goes down by head->rescale bits, then grows by weight times value (n). */
void attention_value_s8(int32_t* sums, const int8_t* value, uint16_t n, const attention_head_t* head);
void attention_value_s16(int32_t* sums, const int16_t* value, uint16_t n, const attention_head_t* head);
/* o (n) = sums (n) over sum. */
void attention_output_s16(int16_t* o, const int32_t* sums, uint16_t n, uint32_t sum);

/* --- sampling: section 10. Sums of probabilities are 40 bits long, and stand in memory for small chips ---
 */

enum { SAMPLING_FARTHEST = 25 * 256 }; /* a distance at which nothing is left of a probability */

typedef struct {
  uint32_t inv_temperature; /* not 0: greedy needs no sampler */
  uint32_t top_p;           /* Q16, 1..SAMPLER_TOP_P_ALL */
  uint64_t state;           /* random, not 0 */
  int32_t max;              /* the greatest logit */
} sampler_t;

/* d of a logit, at most SAMPLING_FARTHEST. */
uint16_t sampling_distance(const sampler_t* sampler, int32_t logit);
/* sum += p of that distance */
void sampling_add_probability(uint64_t* sum, uint16_t d);
void sampling_add(uint64_t* sum, const uint64_t* amount);
void sampling_subtract(uint64_t* sum, const uint64_t* amount);
/* Not 0: sum > other. */
uint8_t sampling_exceeds(const uint64_t* sum, const uint64_t* other);
/* to = floor(sum * factor / 2^24); sum at most 2^40, factor below 2^24. */
void sampling_scale(uint64_t* to, const uint64_t* sum, uint32_t factor);
/* The state (not 0) moves on. Returns r, 24 bits. */
uint32_t sampling_random(uint64_t* state);

/* --- checking --- */

/* Continues a CRC-32 over v (n) as little-endian bytes. */
uint32_t crc32_s32(uint32_t crc, const int32_t* v, uint16_t n);

#ifdef __cplusplus
}
#endif

#endif
