/* SPDX-License-Identifier: MIT */
/* QEMU's virt machine with one 32-bit hart in machine mode. Addresses: the device tree that it hands over
 * (qemu-system-riscv32 -M virt,dumpdtb=FILE). */
#include <stddef.h>

#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"
#include "port/bare_metal/serial_link.h"
#include "port/drivers/cfi_flash.h"
#include "port/drivers/uart16550.h"
#include "proto/frame.h"

/* platform-level interrupt controller, context 0: machine mode of hart 0 */
#define PLIC_PRIORITY(irq) (*(volatile uint32_t*)(0x0C000000u + 4u * (irq)))
#define PLIC_ENABLE (*(volatile uint32_t*)0x0C002000u)
#define PLIC_THRESHOLD (*(volatile uint32_t*)0x0C200000u)
#define PLIC_CLAIM (*(volatile uint32_t*)0x0C200004u)
#define TEST_DEVICE (*(volatile uint32_t*)0x00100000u)

enum {
  UART_IRQ = 10,
  UART_CLOCK_HZ = 3686400,
  UART_BAUD = 115200,
  TEST_RESET = 0x7777,
  MIE_EXTERNAL = 1 << 11,
  MSTATUS_MIE = 1 << 3,
  CAUSE_EXTERNAL = (int32_t)0x8000000B,
  STORE_BYTES = 32 << 20,
  STORE_ERASE_BYTES = 256 << 10,
  /* qemu -icount shift=0 lets an instruction take one nanosecond, and mcycle counts them */
  INSTRUCTIONS_HZ = 1000000000
};

void board_open(void) {
  uart16550_open(UART_CLOCK_HZ, UART_BAUD);
  PLIC_PRIORITY(UART_IRQ) = 1;
  PLIC_ENABLE = 1u << UART_IRQ;
  PLIC_THRESHOLD = 0;
  /* loaded by hand: with Zbs, gcc 12.2 breaks off over such a constant in a register */
  __asm__ volatile("li t0, %0\n\tcsrs mie, t0" : : "i"(MIE_EXTERNAL) : "t0");
  __asm__ volatile("csrs mstatus, %0" : : "r"(MSTATUS_MIE) : "memory");
}

void rv32_trap(void) __attribute__((interrupt("machine"), aligned(4)));
void rv32_trap(void) {
  int32_t cause;
  __asm__ volatile("csrr %0, mcause" : "=r"(cause));
  if (cause != CAUSE_EXTERNAL) hal_reset(); /* memory that is not there, an instruction that is none */
  const uint32_t irq = PLIC_CLAIM;
  if (irq == UART_IRQ) uart16550_interrupt();
  PLIC_CLAIM = irq;
}

/* WFI ends with a pending interrupt even while interrupts are off. */
void board_sleep(void) {
  __asm__ volatile("csrc mstatus, %0" : : "r"(MSTATUS_MIE) : "memory");
  if (!serial_waiting()) __asm__ volatile("wfi");
  __asm__ volatile("csrs mstatus, %0" : : "r"(MSTATUS_MIE) : "memory");
}

void hal_board(hal_board_t* board) {
  *board = (hal_board_t){.name = BOARD_NAME,
                         .clock_hz = INSTRUCTIONS_HZ,
                         .tick_unit = MCL_TICKS_INSTRUCTIONS,
                         .max_payload = MCL_PAYLOAD_MAX,
                         .store_bytes = STORE_BYTES,
                         .erase_bytes = STORE_ERASE_BYTES,
                         .check_at_start = true};
}

uint32_t hal_ticks(void) {
  uint32_t cycles;
  __asm__ volatile("csrr %0, mcycle" : "=r"(cycles));
  return cycles;
}

/* 1.05 ms are near enough for the agent, and need no division. */
uint32_t hal_millis(void) {
  uint32_t high, low, again;
  do {
    __asm__ volatile("csrr %0, mcycleh\n\tcsrr %1, mcycle\n\tcsrr %2, mcycleh"
                     : "=r"(high), "=r"(low), "=r"(again));
  } while (high != again);
  return high << 12 | low >> 20;
}

void hal_reset(void) {
  TEST_DEVICE = TEST_RESET;
  for (;;) continue;
}

const uint8_t* hal_store_map(void) { return (const uint8_t*)CFI_FLASH_BASE; }

bool hal_store_erase(uint32_t offset) { return cfi_flash_erase(offset); }

bool hal_store_program(uint32_t offset, const uint8_t* block) {
  return cfi_flash_program(offset, block, HAL_BLOCK_BYTES);
}
