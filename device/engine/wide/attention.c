/* SPDX-License-Identifier: MIT */
/* On one core. */
#include "engine/attention.h"

#include "engine/wide/wide.h"

void attend(engine_t* e, uint16_t layer, uint16_t pos) { attend_heads(e, layer, pos, 0, e->model.n_heads); }
