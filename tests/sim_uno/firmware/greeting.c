// SPDX-License-Identifier: MIT
// Says why it was reset and how often RAM has seen it, then echoes.
#include "mark.h"

static uint8_t starts __attribute__((section(".noinit")));

static void send(uint8_t byte) {
  while (!(UCSR0A & 1 << UDRE0)) {
  }
  UDR0 = byte;
}

int main(void) {
  UBRR0 = 16;
  UCSR0A = 1 << U2X0;
  UCSR0B = 1 << RXEN0 | 1 << TXEN0;
  if (MCUSR & 1 << PORF) starts = 0;
  send('0' + (MCUSR & 0x0f));
  send('a' + starts++);
  MCUSR = 0;
  for (;;) {
    if (UCSR0A & 1 << RXC0) send(UDR0);
  }
}
