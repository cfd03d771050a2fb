/* SPDX-License-Identifier: MIT */
/* Description, clock and vectors of a BBC micro:bit as QEMU simulates it. Its Cortex-M0 refuses unaligned
 * accesses, as the chip's does. */
#include <stddef.h>

#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"
#include "port/microbit/microbit.h"
#include "proto/message.h"

enum {
  UART_IRQ = 2, /* reference manual, section 5.2 */
  /* qemu -icount shift=0 lets an instruction take one nanosecond, and its SysTick has 16 MHz */
  INSTRUCTIONS_HZ = 1000000000,
  INSTRUCTIONS_PER_TWO_TICKS = 125,
  MAX_PAYLOAD = 256
};

const vector_t vectors[16 + UART_IRQ + 1] __attribute__((section(".vectors"), used)) = {
    CORTEXM_VECTORS,
    [16 + UART_IRQ] = uart_interrupt,
};

void board_open(void) {
  systick_open();
  uart_open();
  interrupt_enable(UART_IRQ);
}

void hal_board(hal_board_t* board) {
  *board = (hal_board_t){.name = "microbit",
                         .clock_hz = INSTRUCTIONS_HZ,
                         .tick_unit = MCL_TICKS_INSTRUCTIONS,
                         .max_payload = MAX_PAYLOAD,
                         .store_bytes = STORE_BYTES,
                         .erase_bytes = STORE_ERASE_BYTES,
                         .check_at_start = true};
}

uint32_t hal_ticks(void) { return (uint32_t)(systick_now() * INSTRUCTIONS_PER_TWO_TICKS >> 1); }

/* 1.02 ms are near enough for the agent, and need no division. */
uint32_t hal_millis(void) { return (uint32_t)(systick_now() >> 14); }
