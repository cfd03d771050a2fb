/* SPDX-License-Identifier: MIT */
/* Choosing the next token (ARITHMETIC.md section 10) in passes over the logits: no sort, no copy. */
#ifndef ENGINE_SAMPLER_H
#define ENGINE_SAMPLER_H

#include <stdint.h>

#include "engine/logits.h"
#include "kernels/kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { SAMPLER_BINS = 100 }; /* of 64 distances: SAMPLING_FARTHEST in all */

#define SAMPLER_TOP_P_ALL ((uint32_t)65536) /* every token stays */

/* Memory that it needs meanwhile. */
typedef struct {
  uint64_t mass, wanted, bins[SAMPLER_BINS]; /* sums of probabilities */
} sampler_work_t;

/* The token, and the state moves on. The sampler knows the greatest of the logits. */
uint16_t sampler_choose(sampler_t* sampler, logits_t* logits, sampler_work_t* work);

#ifdef __cplusplus
}
#endif

#endif
