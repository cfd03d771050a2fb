/* SPDX-License-Identifier: MIT */
#include "kernels/kernels.h"

uint16_t sampling_distance(const sampler_t* sampler, int32_t logit) {
  const uint32_t below = (uint32_t)sampler->max - (uint32_t)logit;
  const uint64_t d = (uint64_t)below * sampler->inv_temperature >> 24;
  return d < SAMPLING_FARTHEST ? (uint16_t)d : (uint16_t)SAMPLING_FARTHEST;
}

void sampling_add_probability(uint64_t* sum, uint16_t d) {
  if (d < SAMPLING_FARTHEST) *sum += ((uint32_t)exp2_q15((uint8_t)d) << 9) >> (d >> 8);
}

void sampling_add(uint64_t* sum, const uint64_t* amount) { *sum += *amount; }

void sampling_subtract(uint64_t* sum, const uint64_t* amount) { *sum -= *amount; }

uint8_t sampling_exceeds(const uint64_t* sum, const uint64_t* other) { return *sum > *other; }

void sampling_scale(uint64_t* to, const uint64_t* sum, uint32_t factor) {
  *to = ((*sum & UINT32_MAX) * factor >> 24) + ((*sum >> 32) * factor << 8);
}

uint32_t sampling_random(uint64_t* state) {
  uint64_t s = *state;
  s ^= s >> 12;
  s ^= s << 25;
  s ^= s >> 27;
  *state = s;
  return (uint32_t)(s * 0x2545F4914F6CDD1Du >> 40);
}
