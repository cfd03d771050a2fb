/* SPDX-License-Identifier: MIT */
/* The link on a serial line whose driver receives by interrupt. serial_link.c is the hal_link_* of hal.h; a
 * driver of port/drivers/ is the other side. */
#ifndef SERIAL_LINK_H
#define SERIAL_LINK_H

#include <stdbool.h>
#include <stdint.h>

/* Called by the driver's interrupt. */
void serial_received(uint8_t byte);
void serial_lost(void); /* the hardware had no room for a byte */

/* Has anything arrived that was not read? */
bool serial_waiting(void);

/* The driver's: sends a byte; may wait until the line takes it. */
void uart_put(uint8_t byte);

#endif
