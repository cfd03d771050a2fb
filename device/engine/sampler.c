/* SPDX-License-Identifier: MIT */
#include "engine/sampler.h"

#include <stdbool.h>

#include "kernels/kernels.h"

enum { FARTHEST = SAMPLER_BINS * 256 }; /* a distance at which nothing is left of a probability */

/* d: how far a logit is below the greatest, in log2, Q8 */
static uint16_t distance(int32_t max, int32_t logit, uint32_t inv_temperature) {
  const uint64_t d = (uint64_t)((uint32_t)max - (uint32_t)logit) * inv_temperature >> 24;
  return d < FARTHEST ? (uint16_t)d : (uint16_t)FARTHEST;
}

static uint32_t probability(uint16_t d) {
  return d < FARTHEST ? ((uint32_t)exp2_q15((uint8_t)d) << 9) >> (d >> 8) : 0;
}

/* Sums are 40 bits long; their arithmetic stands in functions because a small chip has no instructions for
 * it. */
static __attribute__((noinline)) void add(uint64_t* sum, uint32_t p) { *sum += p; }
static __attribute__((noinline)) bool exceeds(const uint64_t* a, const uint64_t* b) { return *a > *b; }

/* floor(sum * factor / 2^24), factor <= 2^24 */
static __attribute__((noinline)) uint64_t fraction(const uint64_t* sum, uint32_t factor) {
  return ((uint64_t)(uint32_t)*sum * factor >> 24) + ((uint64_t)(uint32_t)(*sum >> 32) * factor << 8);
}

/* Sums the probabilities of distances whose upper bits are `prefix` by the next bits: bins[(d >> shift) -
 * prefix]. */
static void fill_bins(uint64_t* bins, uint16_t prefix, uint8_t count, uint8_t shift, const sampler_t* sampler,
                      logits_t* logits, uint32_t vocab, int32_t max) {
  for (uint8_t bin = 0; bin < count; bin++) bins[bin] = 0;
  logits_rewind(logits);
  for (uint32_t i = 0; i < vocab; i++) {
    const uint16_t d = distance(max, logits_next(logits), sampler->inv_temperature);
    const uint16_t bin = (uint16_t)((d >> shift) - prefix);
    if (bin < count) add(&bins[bin], probability(d));
  }
}

/* The nucleus: D, and its mass. The distance is found as in a book: first its octave, then 16ths, then
 * itself. */
static uint16_t nucleus(uint64_t* mass, const sampler_t* sampler, logits_t* logits, uint32_t vocab,
                        int32_t max, uint64_t* bins) {
  uint16_t d = 0;
  uint64_t wanted = 0, below = 0;
  for (uint8_t shift = 8;; shift = (uint8_t)(shift - 4)) {
    const uint8_t count = shift == 8 ? SAMPLER_BINS : 16;
    fill_bins(bins, d, count, shift, sampler, logits, vocab, max);
    if (shift == 8) {
      *mass = 0;
      for (uint8_t bin = 0; bin < SAMPLER_BINS; bin++) *mass += bins[bin];
      if (sampler->top_p >= SAMPLER_TOP_P_ALL) return FARTHEST;
      wanted = fraction(mass, sampler->top_p << 8);
    }
    /* the first bin at which the sum of all before it and itself reaches what is wanted */
    const uint64_t* bin = bins;
    for (;; bin++, d++) {
      *mass = below + *bin;
      if (!exceeds(&wanted, mass)) break;
      below = *mass;
    }
    if (shift == 0) return d;
    d = (uint16_t)(d * 16u);
  }
}

/* xorshift64*, its upper 24 bits */
static uint32_t random_bits(uint64_t* state) {
  uint64_t s = *state;
  s ^= s >> 12;
  s ^= s << 25;
  s ^= s >> 27;
  *state = s;
  /* s * 0x2545F4914F6CDD1D >> 40, by halves */
  const uint32_t low = (uint32_t)s, high = (uint32_t)(s >> 32);
  const uint32_t upper =
      (uint32_t)((uint64_t)low * 0x4F6CDD1Du >> 32) + high * 0x4F6CDD1Du + low * 0x2545F491u;
  return upper >> 8;
}

uint16_t sampler_choose(sampler_t* sampler, logits_t* logits, uint32_t vocab, int32_t max, uint64_t* bins) {
  uint64_t mass, sum = 0;
  const uint16_t farthest = nucleus(&mass, sampler, logits, vocab, max, bins);
  const uint64_t target = fraction(&mass, random_bits(&sampler->state));

  uint32_t token = 0;
  logits_rewind(logits);
  for (; token < vocab; token++) {
    const uint16_t d = distance(max, logits_next(logits), sampler->inv_temperature);
    if (d <= farthest) add(&sum, probability(d));
    if (exceeds(&sum, &target)) break;
  }
  return (uint16_t)token;
}
