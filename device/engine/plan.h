/* SPDX-License-Identifier: MIT */
/* Where the vectors of a token stand in an arena. */
#ifndef ENGINE_PLAN_H
#define ENGINE_PLAN_H

#include "engine/engine.h"

/* Points the vectors into an arena laid out as planned. */
void engine_place(activations_t* at, const engine_plan_t* plan, uint8_t* arena);

#endif
