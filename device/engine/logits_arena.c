/* SPDX-License-Identifier: MIT */
#include "engine/logits.h"

uint32_t logits_bytes(uint32_t vocab) { return 4u * vocab; }

void logits_open(logits_t* logits, uint32_t vocab, uint8_t* memory) {
  logits->count = vocab;
  logits->values = (int32_t*)(void*)memory;
  logits->at = 0;
}

void logits_begin_writing(logits_t* logits) { logits->at = 0; }

void logits_write(logits_t* logits, const int32_t* values, uint16_t n) {
  for (uint16_t i = 0; i < n; i++) logits->values[logits->at++] = values[i];
}

void logits_begin_reading(logits_t* logits) { logits->at = 0; }

int32_t logits_next(logits_t* logits) { return logits->values[logits->at++]; }
