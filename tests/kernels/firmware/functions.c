/* SPDX-License-Identifier: MIT */
#include "check.h"

enum { MAX_N = 600 };

static int32_t x[MAX_N];
static int16_t y[MAX_N], plain[MAX_N];

static void check_norm(uint16_t n) {
  const uint8_t spread = (uint8_t)(random_u32() & 31u);
  for (uint16_t i = 0; i < n; i++) x[i] = any_s32() >> spread;
  if (n % 16u == 0) {
    for (uint16_t i = 0; i < n; i++) x[i] = 0;
  }
  const uint64_t eps = random_u32() >> (random_u32() & 31u);
  const uint32_t numerator = random_u32() >> 1;
  rmsnorm_s16(y, x, n, numerator, eps);
  plain_rmsnorm_s16(plain, x, n, numerator, eps);
  for (uint16_t i = 0; i < n; i++) expect(y[i] == plain[i], "rmsnorm_s16", n);
  expect(crc32_s32(n, x, n) == plain_crc32_s32(n, x, n), "crc32_s32", n);
}

static void check_tables(void) {
  for (uint16_t f = 0; f < 256; f++)
    expect(exp2_q15((uint8_t)f) == plain_exp2_q15((uint8_t)f), "exp2_q15", f);
  for (int32_t g = -32767; g <= 32767; g++) {
    const uint8_t frac = (uint8_t)(8u + (uint32_t)(g & 0xFFFF) % 5u);
    expect(sigmoid_q15((int16_t)g, frac) == plain_sigmoid_q15((int16_t)g, frac), "sigmoid_q15", frac);
  }
  for (uint32_t i = 0; i < 20000; i++) {
    const uint32_t phase = random_u32();
    expect(sine_q14(phase) == plain_sine_q14(phase), "sine_q14", phase);
  }
  for (uint32_t quarter = 0; quarter < 4; quarter++) {
    const uint32_t phase = quarter << 30;
    expect(sine_q14(phase) == plain_sine_q14(phase), "sine_q14", phase);
    expect(sine_q14(phase - 1u) == plain_sine_q14(phase - 1u), "sine_q14", phase - 1u);
  }
}

static void check_scalars(void) {
  for (uint32_t i = 0; i < 20000; i++) {
    const int16_t gate = any_s16(), up = any_s16();
    const uint8_t frac = (uint8_t)(8u + random_u32() % 5u), shift = (uint8_t)(random_u32() % 31u);
    expect(swiglu_s16(gate, up, frac, shift) == plain_swiglu_s16(gate, up, frac, shift), "swiglu_s16", shift);

    const int16_t pair[2] = {any_s16(), any_s16()};
    const int16_t sn = (int16_t)(any_s16() / 2), cs = (int16_t)(any_s16() / 2);
    int32_t turned[2], expected[2];
    rotate_pair(turned, pair, sn, cs);
    plain_rotate_pair(expected, pair, sn, cs);
    expect(turned[0] == expected[0] && turned[1] == expected[1], "rotate_pair", i);
    int16_t v[2] = {pair[0], pair[1]}, plain_v[2] = {pair[0], pair[1]};
    const int16_t rotation[2] = {sn, cs};
    rotate_s16(v, rotation, 2);
    plain_rotate_s16(plain_v, rotation, 2);
    expect(v[0] == plain_v[0] && v[1] == plain_v[1], "rotate_s16", i);
    const int16_t centre[2] = {any_s16(), any_s16()};
    int8_t key[2], plain_key[2];
    rotate_key_s8(key, pair, rotation, centre, 2);
    plain_rotate_key_s8(plain_key, pair, rotation, centre, 2);
    expect(key[0] == plain_key[0] && key[1] == plain_key[1], "rotate_key_s8", i);
    int16_t k[2] = {pair[0], pair[1]}, plain_k[2] = {pair[0], pair[1]};
    rotate_key_s16(k, rotation, centre, 2);
    plain_rotate_key_s16(plain_k, rotation, centre, 2);
    expect(k[0] == plain_k[0] && k[1] == plain_k[1], "rotate_key_s16", i);

    const uint64_t square = (uint64_t)(uint32_t)any_s32() * (uint32_t)any_s32() + (uint32_t)any_s32();
    expect(isqrt_u64(square) == plain_isqrt_u64(square), "isqrt_u64", (uint32_t)square);
  }
}

static void check_sampling(void) {
  for (uint32_t i = 0; i < 2000; i++) {
    sampler_t sampler = {random_u32() >> (i & 31u), 0, (uint64_t)random_u32() << 32 | random_u32(),
                         any_s32()};
    const int32_t logit = any_s32();
    const uint16_t d = sampling_distance(&sampler, logit);
    expect(d == plain_sampling_distance(&sampler, logit), "sampling_distance", i);
    uint64_t sum = sampler.state >> 24, plain_sum = sum, part, plain_part;
    sampling_add_probability(&sum, d);
    plain_sampling_add_probability(&plain_sum, d);
    expect(sum == plain_sum, "sampling_add_probability", d);
    sampling_scale(&part, &sum, i << 12);
    plain_sampling_scale(&plain_part, &sum, i << 12);
    expect(part == plain_part, "sampling_scale", i);
    expect(!sampling_exceeds(&part, &sum) == !plain_sampling_exceeds(&part, &sum), "sampling_exceeds", i);
    sampling_subtract(&sum, &part);
    plain_sampling_subtract(&plain_sum, &part);
    sampling_add(&sum, &sampler.state);
    plain_sampling_add(&plain_sum, &sampler.state);
    expect(sum == plain_sum, "sampling_subtract, sampling_add", i);
    uint64_t state = sampler.state;
    expect(sampling_random(&sampler.state) == plain_sampling_random(&state), "sampling_random", i);
    expect(sampler.state == state, "sampling_random", i);
  }
}

void check_functions(void) {
  for (uint16_t n = 1; n <= MAX_N; n++) check_norm(n);
  check_tables();
  check_scalars();
  check_sampling();
}
