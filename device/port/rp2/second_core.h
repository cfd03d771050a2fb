/* SPDX-License-Identifier: MIT */
/* The second core does what it is given and sleeps otherwise. It runs from SRAM, so that the flash can be
 * written while it sleeps. */
#ifndef PORT_RP2_SECOND_CORE_H
#define PORT_RP2_SECOND_CORE_H

/* Starts it. */
void second_core_open(void);
/* Lets it do `work`, while this core goes on; and waits until it has. One piece at a time. */
void second_core_start(void (*work)(void));
void second_core_wait(void);

#endif
