/* SPDX-License-Identifier: MIT */
/* UART0 on GPIO 0 (out) and 1 (in), 115200 baud, 8N1. Receiving is by interrupt, so that nothing is lost
 * while the kernels run. */
#include "port/rp2/registers.h"
#include "port/rp2/rp2.h"

enum { RING_BYTES = 256, PIN_TX = 0, PIN_RX = 1 }; /* a power of two */

static struct {
  volatile uint16_t head, tail; /* where the next byte is put, and taken */
  uint8_t bytes[RING_BYTES];
} ring;

volatile uint32_t uart_overruns;

void uart_interrupt(void);

void uart_open(void) {
  resets_release(RESET_UART0 | RESET_IO_BANK0 | RESET_PADS_BANK0);
  chip_pad_open(PIN_TX);
  chip_pad_open(PIN_RX);
  REGISTER(IO_BANK0_CTRL(PIN_TX)) = IO_FUNCTION_UART;
  REGISTER(IO_BANK0_CTRL(PIN_RX)) = IO_FUNCTION_UART;
  /* 4.2.7.1: clock / (16 * baud), in 64ths */
  const uint32_t divisor = (CHIP_HZ * 4u + UART_BAUD / 2u) / UART_BAUD;
  REGISTER(UART_IBRD) = divisor / 64u;
  REGISTER(UART_FBRD) = divisor % 64u;
  REGISTER(UART_LCR_H) = UART_LCR_8BITS | UART_LCR_FIFOS;
  REGISTER(UART_CR) = UART_CR_ENABLE;
  REGISTER(UART_IMSC) = UART_INT_RX | UART_INT_RX_TIMEOUT;
  NVIC_ENABLE(IRQ_UART0);
}

void uart_interrupt(void) {
  while ((REGISTER(UART_FR) & UART_FR_RXFE) == 0) {
    const uint32_t data = REGISTER(UART_DR);
    const uint16_t head = ring.head, next = (uint16_t)((head + 1u) % RING_BYTES);
    if ((data & UART_DR_OVERRUN) != 0 || next == ring.tail) uart_overruns++;
    if (next == ring.tail) continue;
    ring.bytes[head] = (uint8_t)data;
    ring.head = next;
  }
  REGISTER(UART_ICR) = UART_INT_RX_TIMEOUT;
}

bool uart_has_input(void) { return ring.tail != ring.head; }

uint16_t uart_read(uint8_t* buf, uint16_t n) {
  uint16_t taken = 0;
  while (taken < n && uart_has_input()) {
    buf[taken++] = ring.bytes[ring.tail];
    ring.tail = (uint16_t)((ring.tail + 1u) % RING_BYTES);
  }
  return taken;
}

void uart_write(const uint8_t* buf, uint16_t n) {
  for (uint16_t i = 0; i < n; i++) {
    while ((REGISTER(UART_FR) & UART_FR_TXFF) != 0) continue;
    REGISTER(UART_DR) = buf[i];
  }
}
