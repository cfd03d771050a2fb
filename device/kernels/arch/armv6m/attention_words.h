/* SPDX-License-Identifier: MIT */
/* Attention of one head over many keys, by words of keys and values as in dot_words.h. Records stand `stride`
 * bytes apart, word-aligned. */
#ifndef ARMV6M_ATTENTION_WORDS_H
#define ARMV6M_ATTENTION_WORDS_H

#include <stdint.h>

typedef struct {
  uint32_t stride;
  uint32_t count; /* of records, at least 1 */
} records_t;

/* Four elements of a query, times those of every key: scores (count) grow, modulo 2^32. y is what
 * score_prepare made of the query. Keys of 16 bits bring the four in two words. */
void score_words_s8(int32_t* scores, const uint8_t* keys, const int32_t y[4], const records_t* records);
void score_words_s16(int32_t* scores, const uint8_t* keys, const int32_t y[4], const records_t* records);

/* y (n, a multiple of 4) of a query q (n). Returns what the scores will be too large by. */
int32_t score_prepare_s8(int32_t* y, const int16_t* q, uint16_t n);
int32_t score_prepare_s16(int32_t* y, const int16_t* q, uint16_t n);

/* sums grow by the weighted values of four elements. weights (count), their sum in weight_sum. */
void value_words_s8(int32_t sums[4], const uint8_t* values, const uint16_t* weights, const records_t* records,
                    uint32_t weight_sum);

#endif
