/* SPDX-License-Identifier: MIT */
/* From reset to main: the vector table, and the variables' first values. */
#include <stddef.h>

#include "port/bare_metal/bare_metal.h"
#include "port/rp2/registers.h"
#include "port/rp2/rp2.h"

/* the linker's: code and variables that stand in SRAM, where they are in the flash, and variables of zeros */
extern uint32_t port_data_begin[], port_data_end[], port_data_source[], port_bss_begin[], port_bss_end[];

void start(void);
void board_tick(void);
void uart_interrupt(void);
void usb_interrupt(void);

/* An exception that nobody expects: the program stands still, where a debugger finds it. */
static void stop(void) {
  for (;;) __asm__ volatile("bkpt 0");
}

/* ARMv6-M B1.5.3. What the start needs stands in the flash; the whole table in SRAM, so that an interrupt
 * needs no flash. */
__attribute__((section(".vectors"), used)) const vector_t vectors[4] = {
    {.stack = bare_stack_end}, {.handler = start}, {.handler = stop}, {.handler = stop}};
vector_t sram_vectors[CHIP_VECTORS] __attribute__((aligned(CHIP_VECTORS_ALIGN)));

static void vectors_open(void) {
  sram_vectors[0].stack = bare_stack_end;
  for (size_t i = 1; i < CHIP_VECTORS; i++) sram_vectors[i].handler = stop;
  sram_vectors[15].handler = board_tick;
  sram_vectors[16 + IRQ_UART0].handler = uart_interrupt;
  sram_vectors[16 + IRQ_USB].handler = usb_interrupt;
  REGISTER(SCB_VTOR) = (uint32_t)(uintptr_t)sram_vectors;
}

/* The loops stay loops: memcpy stands in the SRAM that they fill. */
__attribute__((optimize("no-tree-loop-distribute-patterns"))) void start(void) {
  const uint32_t* from = port_data_source;
  for (uint32_t* to = port_data_begin; to < port_data_end;) *to++ = *from++;
  for (uint32_t* to = port_bss_begin; to < port_bss_end;) *to++ = 0;
  vectors_open();
  (void)main();
  stop();
}
