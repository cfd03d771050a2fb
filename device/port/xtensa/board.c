/* SPDX-License-Identifier: MIT */
/* QEMU's LX60 board with an lx106, the core of the ESP8266. Addresses: QEMU's hw/xtensa/xtfpga.c, system I/O
 * at 0x90000000. */
#include <stddef.h>

#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"
#include "port/bare_metal/serial_link.h"
#include "port/drivers/cfi_flash.h"
#include "port/drivers/uart16550.h"
#include "proto/message.h"

#define SOFTWARE_RESET (*(volatile uint32_t*)0x9D020010u)

enum {
  RESET = 0xDEAD,
  UART_CLOCK_HZ = 40000000,
  UART_BAUD = 115200,
  UART_INTERRUPT = 1 << 0,
  CAUSE_INTERRUPT = 4, /* level 1 */
  STORE_BYTES = 4 << 20,
  STORE_ERASE_BYTES = 64 << 10,
  /* qemu -icount shift=0 lets an instruction take one nanosecond; ccount has 40 MHz */
  INSTRUCTIONS_HZ = 1000000000,
  INSTRUCTIONS_PER_TICK = 25,
  MAX_PAYLOAD = 512
};

void board_open(void) {
  uart16550_open(UART_CLOCK_HZ, UART_BAUD);
  __asm__ volatile("wsr %0, intenable\n\trsync" : : "r"(UART_INTERRUPT) : "memory");
}

void xtensa_trap(uint32_t cause);
void xtensa_trap(uint32_t cause) {
  if (cause != CAUSE_INTERRUPT) hal_reset(); /* memory that is not there, an unaligned access */
  uart16550_interrupt();
}

/* WAITI opens the interrupts and waits in one step. */
void board_sleep(void) {
  uint32_t level;
  __asm__ volatile("rsil %0, 1" : "=r"(level) : : "memory");
  if (!serial_waiting()) {
    __asm__ volatile("waiti 0" : : : "memory");
  }
  __asm__ volatile("wsr %0, ps\n\trsync" : : "r"(level) : "memory");
}

void hal_board(hal_board_t* board) {
  *board = (hal_board_t){.name = "xtensa",
                         .clock_hz = INSTRUCTIONS_HZ,
                         .tick_unit = MCL_TICKS_INSTRUCTIONS,
                         .max_payload = MAX_PAYLOAD,
                         .store_bytes = STORE_BYTES,
                         .erase_bytes = STORE_ERASE_BYTES,
                         .check_at_start = true};
}

static uint32_t clock_ticks(void) {
  uint32_t ticks;
  __asm__ volatile("rsr %0, ccount" : "=r"(ticks));
  return ticks;
}

uint32_t hal_ticks(void) { return clock_ticks() * INSTRUCTIONS_PER_TICK; }

/* 0.8 ms are near enough for the agent, which looks at the lowest bits only, and need no division. */
uint32_t hal_millis(void) { return clock_ticks() >> 15; }

void hal_reset(void) {
  SOFTWARE_RESET = RESET;
  for (;;) continue;
}

const uint8_t* hal_store_map(void) { return (const uint8_t*)CFI_FLASH_BASE; }

bool hal_store_erase(uint32_t offset) { return cfi_flash_erase(offset); }

bool hal_store_program(uint32_t offset, const uint8_t* block) {
  return cfi_flash_program(offset, block, HAL_BLOCK_BYTES);
}
