// SPDX-License-Identifier: MIT
// One byte at each of the seven clock rates: marks 1..7 before it, 0 when SPIF shows.
#include "mark.h"

static void transfer(uint8_t rate, uint8_t spcr, uint8_t spsr) {
  SPCR = 1 << SPE | 1 << MSTR | spcr;
  SPSR = spsr;
  mark(rate);
  SPDR = 0xa5;
  while (!(SPSR & 1 << SPIF)) {
  }
  mark(0);
  (void)SPDR;
}

int main(void) {
  DDRB = 1 << 2 | 1 << 3 | 1 << 5;
  transfer(1, 0, 1);  // clock / 2
  transfer(2, 0, 0);  // clock / 4
  transfer(3, 1, 1);
  transfer(4, 1, 0);
  transfer(5, 2, 1);
  transfer(6, 2, 0);
  transfer(7, 3, 0);  // clock / 128
  finish();
}
