/* SPDX-License-Identifier: MIT */
#ifndef PORT_RP2_ANNOUNCE_H
#define PORT_RP2_ANNOUNCE_H

/* Writes what stands where as a line of text to the UART, for a person's terminal, and a frame boundary
 * behind it (WIRE.md section 1). Once, after the agent has started. */
void announce(void);

#endif
