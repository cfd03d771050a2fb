/* SPDX-License-Identifier: MIT */
#include "engine/sampler.h"

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

/* Sums the probabilities of distances whose upper bits are `prefix` by the next bits: bins[(d >> shift) -
 * prefix]. */
static uint64_t fill_bins(uint64_t* bins, uint16_t prefix, uint8_t count, uint8_t shift,
                          const sampler_t* sampler, logits_t* logits, uint32_t vocab, int32_t max) {
  uint64_t total = 0;
  for (uint8_t bin = 0; bin < count; bin++) bins[bin] = 0;
  logits_rewind(logits);
  for (uint32_t i = 0; i < vocab; i++) {
    const uint16_t d = distance(max, logits_next(logits), sampler->inv_temperature);
    const uint16_t bin = (uint16_t)((d >> shift) - prefix);
    if (d == FARTHEST || bin >= count) continue;
    const uint32_t p = probability(d);
    bins[bin] += p;
    total += p;
  }
  return total;
}

/* The first bin at which the sum of *below and all bins so far reaches `wanted`; the bins before it go to
 * *below. */
static uint16_t reach(const uint64_t* bins, uint64_t* below, uint64_t wanted) {
  uint16_t bin = 0;
  while (*below + bins[bin] < wanted) *below += bins[bin++];
  return bin;
}

/* The nucleus: D, and its mass. The distance is found as in a book: first its octave, then 16ths, then
 * itself. */
static uint16_t nucleus(uint64_t* mass, const sampler_t* sampler, logits_t* logits, uint32_t vocab,
                        int32_t max, uint64_t* bins) {
  const uint64_t total = fill_bins(bins, 0, SAMPLER_BINS, 8, sampler, logits, vocab, max);
  *mass = total;
  if (sampler->top_p >= SAMPLER_TOP_P_ALL) return FARTHEST;

  const uint64_t wanted = total * sampler->top_p >> 16;
  uint64_t below = 0;
  uint16_t d = reach(bins, &below, wanted);
  for (uint8_t shift = 8; shift != 0;) {
    shift = (uint8_t)(shift - 4);
    d = (uint16_t)(d * 16u);
    (void)fill_bins(bins, d, 16, shift, sampler, logits, vocab, max);
    const uint16_t bin = reach(bins, &below, wanted);
    d = (uint16_t)(d + bin);
    *mass = below + bins[bin];
  }
  return d;
}

/* xorshift64*, its upper 24 bits */
static uint32_t random_bits(uint64_t* state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return (uint32_t)(*state * 0x2545F4914F6CDD1Du >> 40);
}

uint16_t sampler_choose(sampler_t* sampler, logits_t* logits, uint32_t vocab, int32_t max, uint64_t* bins) {
  uint64_t mass;
  const uint16_t farthest = nucleus(&mass, sampler, logits, vocab, max, bins);
  const uint64_t target = mass * random_bits(&sampler->state) >> 24;

  uint64_t sum = 0;
  uint32_t token = 0;
  logits_rewind(logits);
  for (; token < vocab; token++) {
    const uint16_t d = distance(max, logits_next(logits), sampler->inv_temperature);
    if (d <= farthest) sum += probability(d);
    if (sum > target) break;
  }
  return (uint16_t)token;
}
