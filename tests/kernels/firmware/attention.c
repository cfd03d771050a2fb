/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "check.h"
#include "kernels/arch/armv6m/attention_words.h"
#include "kernels/arithmetic.h"

enum { MAX_HEAD = 128, KEYS = 300 };

static int16_t q[MAX_HEAD + 2] __attribute__((aligned(4)));
static int16_t record[MAX_HEAD + 8] __attribute__((aligned(4)));
static int32_t sums[MAX_HEAD + 1], plain[MAX_HEAD + 1];

/* A head's place in a record is a multiple of its size, which is even. */
static void check_record(uint16_t n, uint8_t extreme) {
  for (uint16_t i = 0; i < MAX_HEAD + 2; i++) {
    q[i] = extreme != 0 ? (int16_t)((random_u32() & 64u) != 0 ? 32767 : -32767) : any_s16();
  }
  for (uint16_t i = 0; i < MAX_HEAD + 8; i++) {
    record[i] = extreme != 0 ? (int16_t)((random_u32() & 64u) != 0 ? 32767 : -32767) : any_s16();
  }
  for (uint16_t i = 0; i <= n && i <= MAX_HEAD; i++) sums[i] = plain[i] = any_s32() >> 8;
  attention_head_t head = {.weight = (uint16_t)(extreme != 0 ? 4096u : random_u32() % 4097u)};
  head.rescale = (uint8_t)((random_u32() & 3u) == 0 ? random_u32() % 32u : 0u);
  const int8_t* const bytes = (const int8_t*)record + 2u * (random_u32() & 3u);
  const int16_t* const words = record + (random_u32() & 3u);

  expect(attention_score_s8(q, bytes, n) == plain_attention_score_s8(q, bytes, n), "attention_score_s8", n);
  expect(attention_score_s16(q, words, n) == plain_attention_score_s16(q, words, n), "attention_score_s16",
         n);
  attention_value_s8(sums, bytes, n, &head);
  plain_attention_value_s8(plain, bytes, n, &head);
  for (uint16_t i = 0; i <= n && i <= MAX_HEAD; i++) expect(sums[i] == plain[i], "attention_value_s8", n);
  attention_value_s16(sums, words, n, &head);
  plain_attention_value_s16(plain, words, n, &head);
  for (uint16_t i = 0; i <= n && i <= MAX_HEAD; i++) expect(sums[i] == plain[i], "attention_value_s16", n);

  int16_t out[MAX_HEAD], expected[MAX_HEAD];
  const uint32_t sum = 2054u + (random_u32() >> (8u + random_u32() % 20u));
  attention_output_s16(out, sums, n, sum);
  plain_attention_output_s16(expected, sums, n, sum);
  for (uint16_t i = 0; i < n; i++) expect(out[i] == expected[i], "attention_output_s16", n);
}

/* A walk of scores that rises and falls by leaps and by steps. */
static void check_softmax(void) {
  attention_head_t head = {0}, twin = {0};
  int32_t score = 0;
  for (uint16_t t = 0; t < KEYS; t++) {
    score = (random_u32() & 7u) == 0 ? any_s32() >> 9 : score + (any_s32() >> 20);
    head.score = twin.score = score;
    attention_softmax(&head, t == 0);
    plain_attention_softmax(&twin, t == 0);
    expect(head.sum == twin.sum && head.max == twin.max && head.weight == twin.weight &&
               head.rescale == twin.rescale,
           "attention_softmax", t);
  }
}

/* Where the port has it: runs of keys between one that raises the maximum and the next. */
#pragma weak softmax_run

static void check_softmax_run(uint32_t shift) {
  int32_t scores[KEYS];
  uint16_t weights[KEYS];
  attention_head_t head = {0};
  for (uint16_t t = 0; t < KEYS; t++) {
    const uint32_t step = (uint32_t)(any_s32() >> ((random_u32() & 7u) == 0 ? 0 : 11));
    const uint32_t before = t == 0 || (random_u32() & 7u) == 0 ? 0 : (uint32_t)scores[t - 1];
    scores[t] = (int32_t)((before + step) << 3) >> 3; /* as large as a head makes them */
  }
  for (uint16_t t = 0; t < KEYS; t++) {
    softmax_run_t run = {.max = head.max, .shift = shift};
    uint32_t sum = 0, count = 0;
    if (t != 0) count = softmax_run(scores + t, weights + t, KEYS - t, &run);
    for (uint16_t i = 0; i < count; i++, t++) {
      head.score = rsh_s32(scores[t], (uint8_t)shift);
      plain_attention_softmax(&head, 0);
      expect(head.rescale == 0 && head.weight == weights[t], "softmax_run", t);
      sum += head.weight;
    }
    if (t != 0 && count != 0) expect(sum == run.sum, "softmax_run: sum", t);
    if (t == KEYS) return;
    const int16_t before = head.max;
    head.score = rsh_s32(scores[t], (uint8_t)shift);
    plain_attention_softmax(&head, t == 0);
    expect(t == 0 || head.max > before, "softmax_run: end", t);
  }
}

void check_attention(void) {
  for (uint8_t round = 0; round < 8; round++) {
    for (uint16_t n = 1; n <= MAX_HEAD; n++) check_record(n, round == 7);
    check_softmax();
    for (uint8_t i = 0; i < 8 && softmax_run != NULL; i++) check_softmax_run(i % 2 == 0 ? 6 : 12);
  }
}
