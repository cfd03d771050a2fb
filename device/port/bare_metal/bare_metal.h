/* SPDX-License-Identifier: MIT */
/* What the ports without an operating system share: the agent's loop in the memory that the linker script
 * leaves, the stack's measure, and the seam between them. */
#ifndef BARE_METAL_H
#define BARE_METAL_H

#include <stdint.h>

/* From the linker script, word by word: the stack grows down from its end to its start, the arena is what the
 * program leaves of the memory. */
extern uint32_t bare_stack_start[], bare_stack_end[];
extern uint8_t bare_arena_start[], bare_arena_end[];

/* The port's: clocks, serial line, tick counter. Called once, before the agent starts. */
void board_open(void);
/* The port's: waits until something has arrived. May return early. */
void board_sleep(void);

/* Fills the stack below the caller's frame with a pattern, to see later how far it came. */
void stack_paint(void);

int main(void);

#endif
