/* SPDX-License-Identifier: MIT */
/* The ATmega328P itself: its parts that main starts. */
#ifndef PORT_BOARD_H
#define PORT_BOARD_H

/* What the USB bridges of these boards, and 16 MHz, can do exactly. */
#ifndef UART_BAUD
#define UART_BAUD 500000ul
#endif

void uart_open(void);
/* Starts the cycle counter. */
void board_open(void);

#endif
