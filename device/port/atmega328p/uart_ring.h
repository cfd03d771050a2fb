/* SPDX-License-Identifier: MIT */
/* What the interrupt that receives (uart_receive.S) and the rest of the link (uart.c) share. */
#ifndef PORT_UART_RING_H
#define PORT_UART_RING_H

#include <avr/io.h>

/* Holds, one byte less, a repeat of the longest request that runs for long: GENERATE, 37 bytes as a frame. */
#define UART_RING_BYTES 40
/* Where the next byte is put, and taken: registers that serve nothing else. */
#define UART_HEAD GPIOR1
#define UART_TAIL GPIOR2

/* Framing errors without an answer in between, after which the rate changes. */
#define UART_PATIENCE 4

/* The divisors of both rates together. */
#define UART_BOTH_RATES 19

#ifndef __ASSEMBLER__
#include <stdint.h>
extern volatile uint8_t uart_ring[UART_RING_BYTES];
extern volatile uint8_t uart_overruns, uart_framing_errors;
#endif

#endif
