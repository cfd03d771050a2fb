/* SPDX-License-Identifier: MIT */
/* The parts of a token. Each returns false when it was stopped: by keep_running, by the storage, or because
 * the traced vector is complete. */
#ifndef ENGINE_FORWARD_H
#define ENGINE_FORWARD_H

#include "engine/engine.h"

void forward_rotation(engine_t* engine, uint16_t pos);
bool forward_embed(engine_t* engine, uint16_t token);
bool forward_layer(engine_t* engine, uint16_t layer, uint16_t pos);
bool forward_classify(engine_t* engine);

#endif
