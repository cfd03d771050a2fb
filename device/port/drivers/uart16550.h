/* SPDX-License-Identifier: MIT */
/* National Semiconductor's 16550 and what is compatible. A port compiles uart16550.c with UART16550_BASE and
 * UART16550_STRIDE, the bytes from one register to the next, and calls uart16550_interrupt. */
#ifndef DRIVERS_UART16550_H
#define DRIVERS_UART16550_H

#include <stdint.h>

/* 8 data bits, no parity, one stop bit; receives by interrupt. */
void uart16550_open(uint32_t clock_hz, uint32_t rate_baud);
void uart16550_interrupt(void);

#endif
