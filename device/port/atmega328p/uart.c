/* SPDX-License-Identifier: MIT */
/* The link on USART0. Receiving is by interrupt, so that nothing is lost while the kernels run. */
#include <avr/interrupt.h>
#include <avr/io.h>

#include "hal/hal.h"
#include "port/atmega328p/board.h"

enum { RING_BYTES = 64 }; /* a power of two */

static struct {
  volatile uint8_t head, tail; /* where the next byte is put, and taken */
  volatile uint8_t overruns;
  uint8_t bytes[RING_BYTES];
} ring;

/* At double speed the divisor of every usual rate is exact or off by 2 % at most. */
void uart_open(void) {
  UCSR0A = _BV(U2X0);
  UBRR0 = (F_CPU + UART_BAUD * 4) / (UART_BAUD * 8) - 1;
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXCIE0) | _BV(RXEN0) | _BV(TXEN0);
}

ISR(USART_RX_vect) {
  const uint8_t lost = UCSR0A & _BV(DOR0);
  const uint8_t byte = UDR0;
  const uint8_t head = ring.head, next = (uint8_t)((head + 1u) % RING_BYTES);
  if (lost != 0 || next == ring.tail) ring.overruns++;
  if (next == ring.tail) return;
  ring.bytes[head] = byte;
  ring.head = next;
}

uint16_t hal_link_read(uint8_t* buf, uint16_t n) {
  uint16_t taken = 0;
  while (taken < n && ring.tail != ring.head) {
    buf[taken++] = ring.bytes[ring.tail];
    ring.tail = (uint8_t)((ring.tail + 1u) % RING_BYTES);
  }
  return taken;
}

void hal_link_write(const uint8_t* buf, uint16_t n) {
  for (uint16_t i = 0; i < n; i++) {
    while ((UCSR0A & _BV(UDRE0)) == 0) continue;
    UDR0 = buf[i];
  }
}

uint32_t hal_link_overruns(void) { return ring.overruns; }
