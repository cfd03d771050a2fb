/* SPDX-License-Identifier: MIT */
/* The nRF51822 of a BBC micro:bit: parts of its port. Registers: nRF51 Series Reference Manual 3.0. */
#ifndef MICROBIT_H
#define MICROBIT_H

#include "port/cortexm/cortexm.h"

enum { STORE_BYTES = 128 << 10, STORE_ERASE_BYTES = 1 << 10 };

void uart_open(void);
void uart_interrupt(void);

#endif
