/* SPDX-License-Identifier: MIT */
#include "port/drivers/uart16550.h"

#include "port/bare_metal/serial_link.h"

/* PC16550D data sheet, section 8 */
#if UART16550_STRIDE == 1
#define UART(n) (*(volatile uint8_t*)(UART16550_BASE + (n)))
#else
#define UART(n) (*(volatile uint32_t*)(UART16550_BASE + (n)*UART16550_STRIDE))
#endif
#define DATA UART(0) /* with DLAB: divisor, lower byte */
#define IER UART(1)  /* with DLAB: upper byte */
#define FCR UART(2)
#define LCR UART(3)
#define LSR UART(5)

enum {
  IER_RECEIVED = 1 << 0,
  FCR_ENABLE_AND_CLEAR = 7,
  FCR_RX_HALF = 2 << 6,
  LCR_8_BITS = 3,
  LCR_DLAB = 1 << 7,
  LSR_DATA = 1 << 0,
  LSR_OVERRUN = 1 << 1,
  LSR_BROKEN = 1 << 3 | 1 << 4, /* no stop bit, or a break: not a byte that somebody sent */
  LSR_TX_EMPTY = 1 << 5
};

void uart16550_open(uint32_t clock_hz, uint32_t rate_baud) {
  const uint32_t divisor = (clock_hz / 8u / rate_baud + 1u) / 2u;
  LCR = LCR_DLAB | LCR_8_BITS;
  DATA = (uint8_t)divisor;
  IER = (uint8_t)(divisor >> 8);
  LCR = LCR_8_BITS;
  FCR = FCR_ENABLE_AND_CLEAR | FCR_RX_HALF;
  IER = IER_RECEIVED; /* and, with the FIFO, bytes that wait for company in vain */
}

void uart16550_interrupt(void) {
  for (;;) {
    const uint8_t status = (uint8_t)LSR;
    if ((status & LSR_OVERRUN) != 0) serial_lost();
    if ((status & LSR_DATA) == 0) return;
    const uint8_t byte = (uint8_t)DATA;
    if ((status & LSR_BROKEN) == 0) serial_received(byte);
  }
}

void uart_put(uint8_t byte) {
  while ((LSR & LSR_TX_EMPTY) == 0) continue;
  DATA = byte;
}
