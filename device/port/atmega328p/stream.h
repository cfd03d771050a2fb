/* SPDX-License-Identifier: MIT */
/* Inner loops that take the bytes of the card's stream straight from the SPI data register, one per 18 cycles
 * or more. They do not know about blocks: n is at most card_left, from which the caller subtracts it.
 *
 * Between them the bus stands still with one byte received or on its way; at least 17 cycles pass from
 * starting that one to starting the next. */
#ifndef PORT_STREAM_H
#define PORT_STREAM_H

#include <stdint.h>

/* The sum of n weights (1..255) times x (n): at most 256 * 255 * 127 in magnitude per byte of x, so that 24
 * bits hold the sums of either byte. */
int32_t stream_dot_s8(const int16_t* x, uint8_t n);
/* The same for n bytes (1..128) of two 4-bit weights each. x (2 n). */
int32_t stream_dot_s4(const int16_t* x, uint8_t n);
void stream_read(uint8_t* to, uint16_t n);
void stream_skip(uint16_t n);

#endif
