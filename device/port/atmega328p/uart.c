/* SPDX-License-Identifier: MIT */
/* The link on USART0. Receiving is by interrupt, so that nothing is lost while the kernels run.
 *
 * It begins at the faster of two rates. A host that uses the other one is not understood, which shows as
 * framing errors: after a few without an answer in between the rate changes, and so on until both sides meet.
 */
#include <avr/io.h>

#include "hal/hal.h"
#include "port/atmega328p/board.h"
#include "port/atmega328p/uart_ring.h"

/* At double speed: the first is exact at 16 MHz, the second 2 % off, as on every board of this kind. */
#define DIVISOR(baud) (uint8_t)((F_CPU + (baud)*4) / ((baud)*8) - 1)
enum { FAST = DIVISOR(500000ul), SLOW = DIVISOR(115200ul) };
_Static_assert(FAST + SLOW == UART_BOTH_RATES, "either divisor is the other's difference from it");

volatile uint8_t uart_ring[UART_RING_BYTES];
volatile uint8_t uart_overruns, uart_framing_errors;

void uart_open(void) {
  UCSR0A = _BV(U2X0);
  UBRR0 = FAST;
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXCIE0) | _BV(RXEN0) | _BV(TXEN0);
}

uint16_t hal_link_read(uint8_t* buf, uint16_t n) {
  uint16_t taken = 0;
  while (taken < n && UART_TAIL != UART_HEAD) {
    buf[taken++] = uart_ring[UART_TAIL];
    const uint8_t next = (uint8_t)(UART_TAIL + 1);
    UART_TAIL = next == UART_RING_BYTES ? 0 : next;
  }
  return taken;
}

void hal_link_write(const uint8_t* buf, uint16_t n) {
  uart_framing_errors = 0;
  for (uint16_t i = 0; i < n; i++) {
    while ((UCSR0A & _BV(UDRE0)) == 0) continue;
    UDR0 = buf[i];
  }
}

uint32_t hal_link_overruns(void) { return uart_overruns; }
