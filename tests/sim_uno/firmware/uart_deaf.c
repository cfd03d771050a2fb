// SPDX-License-Identifier: MIT
// Turns the receiver on, says so, looks away for 10 ms, then echoes what is left and ends after a zero or 20
// ms.
#include <util/delay.h>

#include "mark.h"

int main(void) {
  UBRR0 = 16;  // 115,200 with U2X
  UCSR0A = 1 << U2X0;
  UCSR0B = 1 << RXEN0 | 1 << TXEN0;
  UDR0 = 'R';
  _delay_ms(10);
  mark(UCSR0A & (1 << DOR0 | 1 << RXC0));
  while (UCSR0A & 1 << RXC0) {
    UDR0 = UDR0;
    _delay_us(200);
  }
  finish();
}
