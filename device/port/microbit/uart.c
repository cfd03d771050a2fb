/* SPDX-License-Identifier: MIT */
/* Reference manual, chapter 29. Six bytes of FIFO, no flow control: receiving is by interrupt. */
#include "port/bare_metal/serial_link.h"
#include "port/microbit/microbit.h"

#define UART(offset) REG32(0x40002000u + (offset))
#define UART_STARTRX UART(0x000)
#define UART_STARTTX UART(0x008)
#define UART_RXDRDY UART(0x108)
#define UART_TXDRDY UART(0x11C)
#define UART_ERROR UART(0x124)
#define UART_INTENSET UART(0x304)
#define UART_ERRORSRC UART(0x480)
#define UART_ENABLE UART(0x500)
#define UART_PSELTXD UART(0x50C)
#define UART_PSELRXD UART(0x514)
#define UART_RXD UART(0x518)
#define UART_TXD UART(0x51C)
#define UART_BAUDRATE UART(0x524)
#define GPIO_OUTSET REG32(0x50000508u)
#define GPIO_DIRSET REG32(0x50000518u)

enum {
  PIN_TX = 24, /* to the interface chip, and so to USB */
  PIN_RX = 25,
  BAUDRATE_115200 = 0x01D7E000,
  ENABLE = 4,
  INT_RXDRDY = 1 << 2,
  INT_ERROR = 1 << 9,
  ERROR_OVERRUN = 1 << 0
};

static bool sending; /* a byte is on its way, and TXDRDY tells when it is gone */

void uart_open(void) {
  GPIO_OUTSET = 1u << PIN_TX;
  GPIO_DIRSET = 1u << PIN_TX;
  UART_PSELTXD = PIN_TX;
  UART_PSELRXD = PIN_RX;
  UART_BAUDRATE = BAUDRATE_115200;
  UART_ENABLE = ENABLE;
  UART_INTENSET = INT_RXDRDY | INT_ERROR;
  UART_STARTTX = 1;
  UART_STARTRX = 1;
}

void uart_interrupt(void) {
  while (UART_RXDRDY != 0) {
    UART_RXDRDY = 0;
    serial_received((uint8_t)UART_RXD);
  }
  if (UART_ERROR != 0) {
    UART_ERROR = 0;
    if ((UART_ERRORSRC & ERROR_OVERRUN) != 0) serial_lost();
    UART_ERRORSRC = 0xF;
  }
}

void uart_put(uint8_t byte) {
  while (sending && UART_TXDRDY == 0) continue;
  UART_TXDRDY = 0;
  UART_TXD = byte;
  sending = true;
}
