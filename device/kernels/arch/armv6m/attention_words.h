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

typedef struct {
  int32_t max;    /* P of the head */
  uint32_t shift; /* from a dot product to s */
  uint32_t sum;   /* of the weights: the answer */
} softmax_run_t;

/* attention_softmax for a run of keys whose scores (dot products) do not exceed the maximum: their weights,
 * and the sum of these. Ends before the first of `count` keys, at least 1, that does exceed it; returns how
 * many came before. */
uint32_t softmax_run(const int32_t* scores, uint16_t* weights, uint32_t count, softmax_run_t* run);

/* sums (4 words) grow by the weighted values. weights (count), their sum in weight_sum; words, at least 1, of
 * each record. */
void value_words_s8(int32_t* sums, const uint8_t* values, const uint16_t* weights, const records_t* records,
                    uint32_t weight_sum, uint32_t words);

#endif
