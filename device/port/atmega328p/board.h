/* SPDX-License-Identifier: MIT */
/* The ATmega328P itself: its parts that main starts. */
#ifndef PORT_BOARD_H
#define PORT_BOARD_H

void uart_open(void);
/* Starts the cycle counter. */
void board_open(void);

#endif
