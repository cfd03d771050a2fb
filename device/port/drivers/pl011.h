/* SPDX-License-Identifier: MIT */
/* ARM PrimeCell UART PL011 (ARM DDI 0183): the serial line of Musca-B1, RP2040 and RP2350. A port compiles
 * pl011.c with PL011_BASE defined, and calls pl011_interrupt from the line's interrupt. */
#ifndef DRIVERS_PL011_H
#define DRIVERS_PL011_H

#include <stdint.h>

/* 8 data bits, no parity, one stop bit; receives by interrupt. */
void pl011_open(uint32_t clock_hz, uint32_t rate_baud);
void pl011_interrupt(void);

#endif
