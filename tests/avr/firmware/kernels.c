/* SPDX-License-Identifier: MIT */
/* Runs the chip's kernels beside the plain C ones, which are compiled under the names plain_..., on random
 * arguments and on those at the edges. Says "same" or what differs on the serial line. */
#include "kernels/kernels.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdbool.h>

#include "kernels/arithmetic.h"
#include "proto/crc32.h"

int16_t plain_requantize_s16(int32_t acc, uint16_t multiplier, uint8_t shift);
int32_t plain_requantize_s32(int32_t acc, uint16_t multiplier, uint8_t shift);
uint32_t plain_isqrt_u64(uint64_t v);
void plain_rmsnorm_s16(int16_t* y, const int32_t* x, uint16_t n, uint32_t numerator, uint64_t eps);
void plain_rotate_s16(int16_t* v, const int16_t* rotation, uint16_t n);
void plain_rotate_key_s8(int8_t* key, const int16_t* k, const int16_t* rotation, const int16_t* centre,
                         uint16_t n);
int16_t plain_sine_q14(uint32_t phase);
int32_t plain_attention_score_s8(const int16_t* q, const int8_t* key, uint16_t n);
void plain_attention_softmax(attention_head_t* head, uint8_t first);
void plain_attention_value_s8(int32_t* sums, const int8_t* value, uint16_t n, const attention_head_t* head);
uint16_t plain_sigmoid_q15(int16_t g, uint8_t gate_frac);
int16_t plain_swiglu_s16(int16_t gate, int16_t up, uint8_t gate_frac, uint8_t hidden_shift);
uint16_t plain_exp2_q15(uint8_t f);
void plain_attention_output_s16(int16_t* o, const int32_t* sums, uint16_t n, uint32_t sum);
uint16_t plain_sampling_distance(const sampler_t* sampler, int32_t logit);
void plain_sampling_add_probability(uint64_t* sum, uint16_t d);
void plain_sampling_add(uint64_t* sum, const uint64_t* amount);
void plain_sampling_subtract(uint64_t* sum, const uint64_t* amount);
uint8_t plain_sampling_exceeds(const uint64_t* sum, const uint64_t* other);
void plain_sampling_scale(uint64_t* to, const uint64_t* sum, uint32_t factor);
uint32_t plain_sampling_random(uint64_t* state);
int32_t plain_matmul_cell_s16(const uint8_t* a, const uint8_t* b, uint16_t k, uint16_t stride);
int32_t plain_matmul_cell_s8(const uint8_t* a, const uint8_t* b, uint16_t k, uint16_t stride);
uint32_t plain_crc32_s32(uint32_t crc, const int32_t* v, uint16_t n);
uint32_t plain_mcl_crc32(uint32_t crc, const void* data, size_t n);

static void put(char c) {
  while ((UCSR0A & _BV(UDRE0)) == 0) continue;
  UDR0 = (uint8_t)c;
}

static void say(const char* text) {
  while (*text != 0) put(*text++);
  put('\n');
}

static uint32_t state = 2463534242u;

static uint32_t random_u32(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

/* any size of number is as likely as any other, and the edges are not rare */
static int32_t any_s32(void) {
  const uint32_t r = random_u32();
  switch (r & 31u) {
    case 0:
      return INT32_MIN;
    case 1:
      return INT32_MAX;
    case 2:
      return 0;
    default:
      return (int32_t)random_u32() >> (r >> 27);
  }
}

static int16_t any_s16(void) {
  const int16_t v = (int16_t)(any_s32() >> (random_u32() & 15u));
  return v == INT16_MIN ? -INT16_MAX : v;
}

static bool same;

static void expect(bool equal, const char* what) {
  if (equal || !same) return;
  same = false;
  say(what);
}

static void check_scaling(void) {
  const int32_t acc = any_s32();
  const uint16_t multiplier = (uint16_t)random_u32();
  const uint8_t shift = (uint8_t)(8u + 8u * (random_u32() & 3u));
  expect(requantize_s16(acc, multiplier, shift) == plain_requantize_s16(acc, multiplier, shift),
         "requantize_s16");
  expect(requantize_s32(acc, multiplier, shift) == plain_requantize_s32(acc, multiplier, shift),
         "requantize_s32");

  const uint8_t s = (uint8_t)(random_u32() & 31u);
  const int32_t shifted = s == 0 ? acc : (acc >> s) + ((acc >> (s - 1)) & 1);
  expect(rsh_s32(acc, s) == shifted, "rsh_s32");
  const int32_t near = acc >> 15;
  expect(sat_s16(acc) == (acc > 32767 ? 32767 : acc < -32767 ? -32767 : acc), "sat_s16");
  expect(sat_s16(near) == (near > 32767 ? 32767 : near < -32767 ? -32767 : near), "sat_s16");
  expect(sat_s8(near) == (near > 127 ? 127 : near < -127 ? -127 : near), "sat_s8");
}

static void check_functions(void) {
  const int16_t gate = any_s16(), up = any_s16();
  const uint8_t gate_frac = (uint8_t)(8u + random_u32() % 5u), shift = (uint8_t)(random_u32() % 31u);
  expect(sigmoid_q15(gate, gate_frac) == plain_sigmoid_q15(gate, gate_frac), "sigmoid_q15");
  expect(swiglu_s16(gate, up, gate_frac, shift) == plain_swiglu_s16(gate, up, gate_frac, shift),
         "swiglu_s16");
  expect(exp2_q15((uint8_t)up) == plain_exp2_q15((uint8_t)up), "exp2_q15");

  const uint32_t phase = random_u32() & (random_u32() | random_u32() << 16);
  expect(sine_q14(phase) == plain_sine_q14(phase), "sine_q14");

  const uint64_t square = (uint64_t)(uint32_t)any_s32() * (uint32_t)any_s32() + (uint32_t)any_s32();
  expect(isqrt_u64(square) == plain_isqrt_u64(square), "isqrt_u64");
}

/* one cell of (1, k) times (k, cols) */
static void check_matmul(void) {
  enum { K = 7, COLS = 3 };
  static const uint8_t edges[] = {0x80, 0x7F, 0x00, 0xFF};
  uint8_t a[K], b[2 * K * COLS];
  const bool extreme = (random_u32() & 3u) == 0;
  for (uint8_t i = 0; i < sizeof a; i++) a[i] = extreme ? edges[random_u32() & 3u] : (uint8_t)random_u32();
  for (uint8_t i = 0; i < sizeof b; i++) b[i] = extreme ? edges[random_u32() & 3u] : (uint8_t)random_u32();
  const uint16_t k = (uint16_t)(1 + random_u32() % K);
  expect(matmul_cell_s8(a, b, k, COLS) == plain_matmul_cell_s8(a, b, k, COLS), "matmul_cell_s8");
  expect(matmul_cell_s16(a, b, k, COLS) == plain_matmul_cell_s16(a, b, k, COLS), "matmul_cell_s16");
}

enum { N = 9 };

static void check_vectors(void) {
  int32_t x[N];
  int16_t y[N], plain[N];
  const uint8_t spread = (uint8_t)(random_u32() & 31u);
  for (uint8_t i = 0; i < N; i++) x[i] = any_s32() >> spread;
  const uint64_t eps = random_u32() >> (random_u32() & 31u);
  const uint32_t numerator = random_u32() >> 1;
  rmsnorm_s16(y, x, N, numerator, eps);
  plain_rmsnorm_s16(plain, x, N, numerator, eps);
  for (uint8_t i = 0; i < N; i++) expect(y[i] == plain[i], "rmsnorm_s16");

  const uint32_t sum = 2054u + (random_u32() >> (8u + random_u32() % 20u));
  attention_output_s16(y, x, N, sum);
  plain_attention_output_s16(plain, x, N, sum);
  for (uint8_t i = 0; i < N; i++) expect(y[i] == plain[i], "attention_output_s16");

  const uint8_t n = (uint8_t)(random_u32() % sizeof x);
  expect(mcl_crc32(sum, x, n) == plain_mcl_crc32(sum, x, n), "mcl_crc32");
  expect(crc32_s32(sum, x, n / 4u) == plain_crc32_s32(sum, x, n / 4u), "crc32_s32");
}

/* head_t after head_t, so that maxima rise and sums go down as they do over the keys of a token */
static void check_attention(void) {
  static attention_head_t head, plain_head;
  static int32_t sums[N], plain_sums[N];
  int16_t q[N + 1], plain_q[N + 1];
  int8_t key[N];
  for (uint8_t i = 0; i <= N; i++) q[i] = plain_q[i] = any_s16();
  for (uint8_t i = 0; i < N; i++) key[i] = (int8_t)random_u32();
  const int32_t score = attention_score_s8(q, key, N);
  expect(score == plain_attention_score_s8(q, key, N), "attention_score_s8");
  head.score = plain_head.score = rsh_s32(score, (uint8_t)(random_u32() & 31u));
  const uint8_t first = random_u32() % 16u == 0;
  attention_softmax(&head, first);
  plain_attention_softmax(&plain_head, first);
  expect(head.sum == plain_head.sum && head.max == plain_head.max, "attention_softmax");
  expect(head.weight == plain_head.weight && head.rescale == plain_head.rescale, "attention_softmax");
  attention_value_s8(sums, key, N, &head);
  plain_attention_value_s8(plain_sums, key, N, &plain_head);
  for (uint8_t i = 0; i < N; i++) expect(sums[i] == plain_sums[i], "attention_value_s8");

  const int16_t rotation[4] = {any_s16() / 2, any_s16() / 2, any_s16() / 2, any_s16() / 2};
  rotate_s16(q, rotation, 4);
  plain_rotate_s16(plain_q, rotation, 4);
  for (uint8_t i = 0; i < 4; i++) expect(q[i] == plain_q[i], "rotate_s16");

  const int16_t centre[4] = {any_s16(), any_s16(), any_s16(), any_s16()};
  int8_t plain_key[4];
  plain_rotate_key_s8(plain_key, q + 4, rotation, centre, 4);
  rotate_key_s8((int8_t*)(q + 4), q + 4, rotation, centre, 4); /* in place */
  for (uint8_t i = 0; i < 4; i++) expect(((int8_t*)(q + 4))[i] == plain_key[i], "rotate_key_s8");
}

static void check_sampling(void) {
  sampler_t sampler = {.inv_temperature = (uint32_t)any_s32(), .max = any_s32()};
  sampler.state = (uint64_t)random_u32() << 32 | random_u32();
  const int32_t logit = random_u32() % 2u != 0 ? any_s32() : sampler.max - (int32_t)(random_u32() >> 12);
  expect(sampling_distance(&sampler, logit) == plain_sampling_distance(&sampler, logit), "sampling_distance");

  uint64_t sum = sampler.state >> 25, same_sum = sum;
  for (uint16_t d = (uint16_t)(random_u32() & 255u); d < 6700; d += 255) {
    sampling_add_probability(&sum, d);
    plain_sampling_add_probability(&same_sum, d);
    expect(sum == same_sum, "sampling_add_probability");
  }
  const uint32_t factor = random_u32() >> 8;
  uint64_t part, same_part;
  sampling_scale(&part, &sum, factor);
  plain_sampling_scale(&same_part, &sum, factor);
  expect(part == same_part, "sampling_scale");
  expect(!sampling_exceeds(&sum, &part) == !plain_sampling_exceeds(&sum, &part), "sampling_exceeds");
  expect(!sampling_exceeds(&part, &sum) == !plain_sampling_exceeds(&part, &sum), "sampling_exceeds");
  expect(sampling_exceeds(&sum, &same_sum) == 0, "sampling_exceeds");
  sampling_subtract(&sum, &part);
  plain_sampling_subtract(&same_sum, &part);
  expect(sum == same_sum, "sampling_subtract");
  sampling_add(&sum, &sampler.state);
  plain_sampling_add(&same_sum, &sampler.state);
  expect(sum == same_sum, "sampling_add");

  uint64_t state = sampler.state;
  expect(sampling_random(&sampler.state) == plain_sampling_random(&state), "sampling_random");
  expect(sampler.state == state, "sampling_random");
}

int main(void) {
  UCSR0A = _BV(U2X0);
  UBRR0 = 3;
  UCSR0B = _BV(TXEN0);
  sleep_enable();
  same = true;
  for (uint16_t round = 0; round < ROUNDS; round++) {
    check_scaling();
    check_functions();
    check_matmul();
    check_vectors();
    check_attention();
    check_sampling();
    put('.'); /* or the simulator thinks that nothing happens any more, and takes its time */
  }
  put('\n');
  for (int32_t g = -32767; g <= 32767 && same; g += 7) {
    expect(sigmoid_q15((int16_t)g, 12) == plain_sigmoid_q15((int16_t)g, 12), "sigmoid_q15, all");
    if (g % 128 == 0) put('.');
  }
  if (same) say("same");
  put('\n'); /* what comes before it has left */
  cli();
  sleep_cpu(); /* for ever: the simulator ends */
  return 0;
}
