// SPDX-License-Identifier: MIT
// Echoes by interrupts in both directions, at BAUD. Byte 0 ends the run.
#include "mark.h"

static volatile uint8_t ring[64];
static volatile uint8_t head, tail;

ISR(USART_RX_vect) {
  ring[head] = UDR0;
  head = (head + 1) & 63;
}

ISR(USART_UDRE_vect) {
  if (head == tail) {
    UCSR0B &= ~(1 << UDRIE0);
    return;
  }
  UDR0 = ring[tail];
  tail = (tail + 1) & 63;
}

int main(void) {
  UBRR0 = (F_CPU + BAUD * 4UL) / (8UL * BAUD) - 1;
  UCSR0A = 1 << U2X0;
  UCSR0B = 1 << RXEN0 | 1 << TXEN0 | 1 << RXCIE0;
  sei();
  UDR0 = 'R';
  for (;;) {
    if (head == tail) continue;
    if (ring[tail] == 0) {
      UCSR0A |= 1 << TXC0;
      while (!(UCSR0A & 1 << UDRE0)) {
      }
      finish();
    }
    UCSR0B |= 1 << UDRIE0;
  }
}
