/* SPDX-License-Identifier: MIT */
#include "engine/sampler.h"

/* Bits of a distance that do not tell bins apart: first, later, and where all go to one. */
enum { COARSE = 6, FINE = 0, TO_ONE = 15 };

/* Sums the probabilities at distances from `first` to first + most, 2^bits distances to a bin. Returns the
 * token at which the sum of TO_ONE exceeds the mass. */
static uint16_t pass(const sampler_t* sampler, logits_t* logits, sampler_work_t* work, uint16_t first,
                     uint16_t most, uint8_t bits) {
  for (uint64_t* bin = work->bins; bin != work->bins + SAMPLER_BINS; bin++) *bin = 0;
  logits_begin_reading(logits);
  uint16_t token = 0;
  const uint16_t last = (uint16_t)(logits->count - 1);
  for (;; token++) {
    const uint16_t d = sampling_distance(sampler, logits_next(logits));
    const uint16_t at = (uint16_t)(d - first);
    if (at <= most) sampling_add_probability(&work->bins[at >> bits], d);
    if (token == last || (bits == TO_ONE && sampling_exceeds(&work->bins[0], &work->mass))) return token;
  }
}

/* The mass grows by bins until it reaches what is wanted. Returns the last bin that was needed. */
static uint8_t reach(sampler_work_t* work) {
  uint8_t bin = 0;
  for (;; bin++) {
    sampling_add(&work->mass, &work->bins[bin]);
    if (!sampling_exceeds(&work->wanted, &work->mass) || bin == SAMPLER_BINS - 1) return bin;
  }
}

uint16_t sampler_choose(sampler_t* sampler, logits_t* logits, sampler_work_t* work) {
  uint16_t farthest = SAMPLING_FARTHEST - 1; /* D, as far as it matters */
  (void)pass(sampler, logits, work, 0, farthest, COARSE);
  work->mass = 0;
  work->wanted = UINT64_MAX;
  (void)reach(work);
  if (sampler->top_p < SAMPLER_TOP_P_ALL) {
    sampling_scale(&work->wanted, &work->mass, sampler->top_p << 8);
    work->mass = 0;
    const uint8_t bin = reach(work);
    sampling_subtract(&work->mass, &work->bins[bin]);
    farthest = (uint16_t)(bin << COARSE);
    (void)pass(sampler, logits, work, farthest, (1 << COARSE) - 1, FINE);
    farthest = (uint16_t)(farthest + reach(work));
  }
  sampling_scale(&work->mass, &work->mass, sampling_random(&sampler->state));
  return pass(sampler, logits, work, 0, farthest, TO_ONE);
}
