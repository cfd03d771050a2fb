// SPDX-License-Identifier: MIT
// SPIF goes when the status was read with SPIF set and then the data is touched, in that order only.
#include <util/delay.h>

#include "mark.h"

int main(void) {
  DDRB = 1 << 2 | 1 << 3 | 1 << 5;
  SPCR = 1 << SPE | 1 << MSTR;
  SPSR = 1 << SPI2X;
  SPDR = 1;
  _delay_us(2);
  (void)SPDR;  // the status was not read: the flag stays
  mark(SPSR);  // and this read arms it
  mark(SPSR);
  (void)SPDR;
  mark(SPSR);
  finish();
}
