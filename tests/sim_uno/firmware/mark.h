// SPDX-License-Identifier: MIT
// How a firmware tells a test what it saw, and how it ends the run.
#pragma once

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdint.h>

static inline void mark(uint8_t value) { GPIOR0 = value; }

__attribute__((noreturn)) static inline void finish(void) {
  cli();
  sleep_enable();
  for (;;) sleep_cpu();
}
