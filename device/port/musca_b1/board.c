/* SPDX-License-Identifier: MIT */
/* ARM Musca-B1 as QEMU simulates it: Cortex-M33 with DSP extension, everything secure. */
#include <stddef.h>

#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"
#include "port/cortexm/cortexm.h"
#include "port/drivers/pl011.h"
#include "proto/frame.h"

#define STORE ((const uint8_t*)0x10010000) /* behind the agent */

enum {
  STORE_BYTES = 0x12000000 - 0x10010000,
  SYSTICK_HZ = 40000000,
  /* qemu -icount shift=0 lets an instruction take one nanosecond */
  INSTRUCTIONS_HZ = 1000000000,
  INSTRUCTIONS_PER_TICK = INSTRUCTIONS_HZ / SYSTICK_HZ,
  UART0_IRQ = 44, /* combined; 32 and above are the board's */
  UART_BAUD = 115200
};

const vector_t vectors[16 + UART0_IRQ + 1] __attribute__((section(".vectors"), used)) = {
    CORTEXM_VECTORS,
    [16 + UART0_IRQ] = pl011_interrupt,
};

void board_open(void) {
  systick_open();
  pl011_open(SYSTICK_HZ, UART_BAUD);
  interrupt_enable(UART0_IRQ);
}

void hal_board(hal_board_t* board) {
  *board = (hal_board_t){.name = "musca-b1",
                         .clock_hz = INSTRUCTIONS_HZ,
                         .tick_unit = MCL_TICKS_INSTRUCTIONS,
                         .max_payload = MCL_PAYLOAD_MAX,
                         .store_bytes = STORE_BYTES,
                         .erase_bytes = 0,
                         .check_at_start = true};
}

uint32_t hal_ticks(void) { return (uint32_t)systick_now() * INSTRUCTIONS_PER_TICK; }

/* 0.8 ms are near enough for the agent, and need no division. */
uint32_t hal_millis(void) { return (uint32_t)(systick_now() >> 15); }

const uint8_t* hal_store_map(void) { return STORE; }

/* The flash is a ROM of the simulator, which takes the model at its start. */
bool hal_store_erase(uint32_t offset) {
  (void)offset;
  return false;
}

bool hal_store_program(uint32_t offset, const uint8_t* block) {
  (void)offset;
  (void)block;
  return false;
}
