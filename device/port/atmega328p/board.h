/* SPDX-License-Identifier: MIT */
/* The ATmega328P itself: its parts that main starts. */
#ifndef PORT_BOARD_H
#define PORT_BOARD_H

#include <stdint.h>

void uart_open(void);
/* Starts the cycle counter. */
void board_open(void);

/* A clock for waiting, which wraps: 256 steps of BOARD_STEP_US. */
enum { BOARD_STEP_US = 4096 };
uint8_t board_time(void);

#endif
