/* SPDX-License-Identifier: MIT */
#include "port/cortexm/cortexm.h"

enum { SYST_MAX = (1 << SYST_BITS) - 1 };

static volatile uint32_t wraps;

void systick_open(void) {
  SYST_RVR = SYST_MAX;
  SYST_CVR = 0;
  SYST_CSR = 7;
}

void systick_handler(void) { wraps++; }

/* With interrupts on: a wrap between the two reads has been counted when the loop looks again. */
uint64_t systick_now(void) {
  uint32_t high, low;
  do {
    high = wraps;
    low = SYST_MAX - SYST_CVR;
  } while (high != wraps);
  return (uint64_t)high << SYST_BITS | low;
}
