/* SPDX-License-Identifier: MIT */
/* What board.c needs of a chip: the four functions that are different on each. */
#ifndef CHIP_H
#define CHIP_H

#include <stdint.h>

/* Clocks, serial line, cycle counter. Called once, before anything else here. */
void chip_open(void);
/* A byte that has arrived, or -1. Never waits. */
int chip_receive(void);
/* Sends a byte; may wait until the line takes it. */
void chip_send(uint8_t byte);
/* Cycles of CHIP_CLOCK_HZ since some moment; wraps at 2^32. */
uint32_t chip_cycles(void);

#endif
