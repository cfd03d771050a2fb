/* SPDX-License-Identifier: MIT */
#include "port/drivers/pl011.h"

#include "port/bare_metal/serial_link.h"

/* registers: DDI 0183G, section 3.2 */
#define UART(offset) (*(volatile uint32_t*)(PL011_BASE + (offset)))
#define UARTDR UART(0x00)   /* data, with the errors of its reception */
#define UARTFR UART(0x18)   /* flags */
#define UARTIBRD UART(0x24) /* divisor: whole */
#define UARTFBRD UART(0x28) /* and in 64ths */
#define UARTLCR_H UART(0x2C)
#define UARTCR UART(0x30)
#define UARTIFLS UART(0x34)
#define UARTIMSC UART(0x38)
#define UARTICR UART(0x44)

enum {
  DR_OVERRUN = 1 << 11,
  DR_BROKEN = 1 << 10 | 1 << 8, /* a break or no stop bit: not a byte that somebody sent */
  FR_RX_EMPTY = 1 << 4,
  FR_TX_FULL = 1 << 5,
  LCR_8_BITS = 3 << 5,
  LCR_FIFO = 1 << 4,
  CR_ENABLE = 1 << 0 | 1 << 8 | 1 << 9, /* UART, transmit, receive */
  IFLS_RX_HALF = 2 << 3,
  INT_RX = 1 << 4,
  INT_RX_TIMEOUT = 1 << 6
};

void pl011_open(uint32_t clock_hz, uint32_t rate_baud) {
  const uint32_t divisor = (clock_hz * 4u + rate_baud / 2u) / rate_baud; /* of clock / 16, in 64ths */
  UARTCR = 0;
  UARTIMSC = 0;
  UARTLCR_H = 0; /* empties the FIFO: a byte of before would keep the interrupt of the next one from coming */
  UARTICR = 0x7FF;
  UARTIBRD = divisor >> 6;
  UARTFBRD = divisor & 63u;
  UARTLCR_H = LCR_8_BITS | LCR_FIFO; /* takes the divisor over */
  UARTIFLS = IFLS_RX_HALF;
  UARTIMSC = INT_RX | INT_RX_TIMEOUT;
  UARTCR = CR_ENABLE;
}

/* Acknowledges first: what comes later asks again. */
void pl011_interrupt(void) {
  UARTICR = INT_RX | INT_RX_TIMEOUT;
  while ((UARTFR & FR_RX_EMPTY) == 0) {
    const uint32_t data = UARTDR;
    if ((data & DR_OVERRUN) != 0) serial_lost();
    if ((data & DR_BROKEN) == 0) serial_received((uint8_t)data);
  }
}

void uart_put(uint8_t byte) {
  while ((UARTFR & FR_TX_FULL) != 0) continue;
  UARTDR = byte;
}
