/* SPDX-License-Identifier: MIT */
#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"

enum { PAINT = 0x5AC5A5C3, MARGIN_WORDS = 16 }; /* the painter's own frame */

void stack_paint(void) {
  const uint32_t* const here = __builtin_frame_address(0);
  for (uint32_t* p = bare_stack_start; p < here - MARGIN_WORDS; p++) *p = PAINT;
}

uint32_t hal_stack_peak(void) {
  const uint32_t* p = bare_stack_start;
  while (p < bare_stack_end && *p == PAINT) p++;
  return (uint32_t)((const uint8_t*)bare_stack_end - (const uint8_t*)p);
}
