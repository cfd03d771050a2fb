/* SPDX-License-Identifier: MIT */
/* engine/attention.h on two cores, half of the heads each. */
#include "engine/attention.h"

#include "engine/wide/wide.h"
#include "port/rp2/second_core.h"

static struct {
  engine_t* engine;
  uint16_t layer, pos;
} shared;

static void attend_second_core(void) {
  const uint16_t n_heads = shared.engine->model.n_heads;
  attend_heads(shared.engine, shared.layer, shared.pos, (uint16_t)(n_heads / 2u), n_heads);
}

void attend(engine_t* e, uint16_t layer, uint16_t pos) {
  shared.engine = e;
  shared.layer = layer;
  shared.pos = pos;
  second_core_start(attend_second_core);
  attend_heads(e, layer, pos, 0, (uint16_t)(e->model.n_heads / 2u));
  second_core_wait();
}
