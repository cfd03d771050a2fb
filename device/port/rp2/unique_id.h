/* SPDX-License-Identifier: MIT */
#ifndef PORT_RP2_UNIQUE_ID_H
#define PORT_RP2_UNIQUE_ID_H

#include <stdint.h>

enum { UNIQUE_ID_BYTES = 8 };

/* The number that no other board has; zeros where it cannot be read. Before interrupts are on. Each port has
 * its own unique_id.c: the RP2350 has a number, the RP2040's flash has one. */
void chip_unique_id(uint8_t id[UNIQUE_ID_BYTES]);

#endif
