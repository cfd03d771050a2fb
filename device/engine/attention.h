/* SPDX-License-Identifier: MIT */
/* Attention over the cache. attention.c reads the cache record by record; a port whose cache brings many
 * records at once links its own version. */
#ifndef ENGINE_ATTENTION_H
#define ENGINE_ATTENTION_H

#include "engine/engine.h"

/* Bytes that attend keeps of the heads of this model, at at.heads. */
uint32_t attention_bytes(const mcl_image_header_t* model);
/* Section 7 of ARITHMETIC.md over positions 0..pos of the layer, pos having been written last: the outputs
 * take the place of the queries. Takes part in the trace of the scores. */
void attend(engine_t* engine, uint16_t layer, uint16_t pos);

#endif
