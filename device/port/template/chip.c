/* SPDX-License-Identifier: MIT */
/* The chip: memory that is a UART and a counter. The addresses are made up; take those of the data sheet. */
#include "port/template/chip.h"

#define REG32(address) (*(volatile uint32_t*)(address)) /* as in cortexm/cortexm.h */

#define UART_DATA REG32(0x40000000u)
#define UART_STATUS REG32(0x40000004u) /* bit 0: there is no room to send; bit 1: a byte has arrived */
#define COUNTER REG32(0x40001000u)     /* counts cycles up */

enum { SEND_FULL = 1, RECEIVED = 2 };

void chip_open(void) { /* clock, pins, baud rate: whatever the chip wants before its serial line works */
}

int chip_receive(void) { return (UART_STATUS & RECEIVED) != 0 ? (int)(UART_DATA & 0xFFu) : -1; }

void chip_send(uint8_t byte) {
  while ((UART_STATUS & SEND_FULL) != 0) continue;
  UART_DATA = byte;
}

uint32_t chip_cycles(void) { return COUNTER; }
