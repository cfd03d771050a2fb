/* SPDX-License-Identifier: MIT */
/* Description, clock and vectors of an STM32F405. */
#include <stddef.h>

#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"
#include "port/stm32f405/stm32f405.h"
#include "proto/frame.h"

/* Armv7-M Architecture Reference Manual, DDI 0403, C1.6 and C1.8 */
#define DEMCR REG32(0xE000EDFCu)
#define DWT_CTRL REG32(0xE0001000u)
#define DWT_CYCCNT REG32(0xE0001004u)

enum {
  USART1_IRQ = 37, /* RM0090 table 61 */
  DEMCR_TRACE = 1 << 24,
  DWT_COUNT = 1 << 0,
  INSTRUCTIONS_HZ = 1000000000, /* qemu -icount shift=0 */
  /* instructions in a tick of QEMU's SysTick, which has 168 MHz, times 2^20 */
  INSTRUCTIONS_PER_TICK_Q20 = 6241524
};

const vector_t vectors[16 + USART1_IRQ + 1] __attribute__((section(".vectors"), used)) = {
    CORTEXM_VECTORS,
    [16 + USART1_IRQ] = usart_interrupt,
};

/* A simulator without the core's cycle counter counts instructions. */
static bool counts_cycles;

void board_open(void) {
  clocks_open();
  DEMCR |= DEMCR_TRACE;
  counts_cycles = DWT_CTRL != 0;
  DWT_CTRL |= DWT_COUNT;
  systick_open();
  usart_open(UART_BAUD);
  interrupt_enable(USART1_IRQ);
}

void hal_board(hal_board_t* board) {
  *board = (hal_board_t){.name = "stm32f405",
                         .clock_hz = counts_cycles ? clocks_core_hz() : INSTRUCTIONS_HZ,
                         .tick_unit = counts_cycles ? MCL_TICKS_CYCLES : MCL_TICKS_INSTRUCTIONS,
                         .max_payload = MCL_PAYLOAD_MAX,
                         .store_bytes = STORE_BYTES,
                         .erase_bytes = store_is_writable() ? STORE_ERASE_BYTES : 0,
                         .check_at_start = true};
}

uint32_t hal_ticks(void) {
  if (counts_cycles) return DWT_CYCCNT;
  return (uint32_t)(systick_now() * INSTRUCTIONS_PER_TICK_Q20 >> 20);
}

/* 0.8 ms are near enough for the agent, and need no division. */
uint32_t hal_millis(void) { return (uint32_t)(systick_now() >> 17); }
