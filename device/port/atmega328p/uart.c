/* SPDX-License-Identifier: MIT */
/* The link on USART0. Receiving is by interrupt, so that nothing is lost while the kernels run.
 *
 * It begins at the faster of two rates. A host that uses the other one is not understood, which shows as
 * framing errors: after a few without an answer in between the rate changes, and so on until both sides meet.
 */
#include <avr/interrupt.h>
#include <avr/io.h>

#include "hal/hal.h"
#include "port/atmega328p/board.h"

enum {
  RING_BYTES = 32, /* a power of two */
  PATIENCE = 4     /* framing errors */
};

/* At double speed: the first is exact at 16 MHz, the second 2 % off, as on every board of this kind. */
#define DIVISOR(baud) (uint8_t)((F_CPU + (baud)*4) / ((baud)*8) - 1)
enum { FAST = DIVISOR(500000ul), SLOW = DIVISOR(115200ul) };

static struct {
  volatile uint8_t head, tail; /* where the next byte is put, and taken */
  volatile uint8_t overruns;
  volatile uint8_t framing_errors; /* since the agent last spoke */
  uint8_t bytes[RING_BYTES];
} ring;

void uart_open(void) {
  UCSR0A = _BV(U2X0);
  UBRR0 = FAST;
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXCIE0) | _BV(RXEN0) | _BV(TXEN0);
}

ISR(USART_RX_vect) {
  const uint8_t status = UCSR0A, byte = UDR0;
  const uint8_t head = ring.head, next = (uint8_t)((head + 1u) % RING_BYTES);
  if ((status & _BV(FE0)) != 0 && ++ring.framing_errors == PATIENCE) {
    ring.framing_errors = 0;
    UBRR0L = (uint8_t)(FAST + SLOW - UBRR0L);
  }
  if ((status & _BV(DOR0)) != 0 || next == ring.tail) ring.overruns++;
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
  ring.framing_errors = 0;
  for (uint16_t i = 0; i < n; i++) {
    while ((UCSR0A & _BV(UDRE0)) == 0) continue;
    UDR0 = buf[i];
  }
}

uint32_t hal_link_overruns(void) { return ring.overruns; }
