/* SPDX-License-Identifier: MIT */
/* Choosing the next token (ARITHMETIC.md section 10) in passes over the logits: no sort, no copy. */
#ifndef ENGINE_SAMPLER_H
#define ENGINE_SAMPLER_H

#include <stdint.h>

#include "engine/logits.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { SAMPLER_BINS = 25 };

#define SAMPLER_TOP_P_ALL ((uint32_t)65536) /* every token stays */

typedef struct {
  uint32_t inv_temperature; /* not 0: greedy needs no sampler */
  uint32_t top_p;           /* Q16, 1..SAMPLER_TOP_P_ALL */
  uint64_t state;           /* random, not 0 */
} sampler_t;

/* The token, and the state moves on. max is the greatest of the logits (vocab); `bins` is scratch of
 * SAMPLER_BINS elements. */
uint16_t sampler_choose(sampler_t* sampler, logits_t* logits, uint32_t vocab, int32_t max, uint64_t* bins);

#ifdef __cplusplus
}
#endif

#endif
