/* SPDX-License-Identifier: MIT */
/* The parts of the port of RP2040 and RP2350, to one another. */
#ifndef PORT_RP2_H
#define PORT_RP2_H

#include <stdbool.h>
#include <stdint.h>

enum {
  UART_BAUD = 115200,
  STORE_OFFSET = 0x20000, /* of the image in the flash, behind the agent */
  FLASH_SECTOR_BYTES = 4096,
};

/* ARMv6-M B1.5.3: of both cores, from start on. */
typedef union {
  void (*handler)(void);
  const void* stack;
} vector_t;
extern vector_t sram_vectors[];

/* The linker's: the stack of the second core, which grows down from its end. */
extern uint8_t port_stack1_end[];

/* Takes peripherals, by their bits, out of reset. */
void resets_release(uint32_t peripherals);

void clocks_open(void);
void uart_open(void);

void usb_open(void);

/* The link's two lines; link.c chooses between them. */
uint16_t uart_read(uint8_t* buf, uint16_t n);
void uart_write(const uint8_t* buf, uint16_t n);
bool uart_has_input(void);
extern volatile uint32_t uart_overruns;
uint16_t usb_read(uint8_t* buf, uint16_t n);
void usb_write(const uint8_t* buf, uint16_t n);
bool usb_has_input(void);
/* Sends what waits for a packet to become full. */
void usb_flush(void);
/* Interrupts off, and back as they were. */
static inline uint32_t interrupts_off(void) {
  uint32_t before;
  __asm__ volatile("mrs %0, primask\n cpsid i" : "=r"(before) : : "memory");
  return before;
}
static inline void interrupts_restore(uint32_t before) {
  __asm__ volatile("msr primask, %0" : : "r"(before) : "memory");
}

#endif
