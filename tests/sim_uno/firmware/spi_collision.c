// SPDX-License-Identifier: MIT
// Two writes to SPDR at clock / 2, SPACING cycles apart; then marks the status register.
#include "mark.h"

int main(void) {
  DDRB = 1 << 2 | 1 << 3 | 1 << 5;
  SPCR = 1 << SPE | 1 << MSTR;
  SPSR = 1 << SPI2X;
  __asm__ volatile(
      "out %0, r24\n"
      ".rept %1\n"
      "nop\n"
      ".endr\n"
      "out %0, r24\n" ::"I"(_SFR_IO_ADDR(SPDR)),
      "n"(SPACING - 1));
  mark(SPSR);
  finish();
}
