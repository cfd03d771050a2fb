/* SPDX-License-Identifier: MIT */
/* The STM32F405: parts of its port. Registers: reference manual RM0090. */
#ifndef STM32F405_H
#define STM32F405_H

#include <stdbool.h>
#include <stdint.h>

#include "port/cortexm/cortexm.h"

#define RCC(offset) REG32(0x40023800u + (offset))        /* RM0090 7.3 */
#define FLASH_CTRL(offset) REG32(0x40023C00u + (offset)) /* RM0090 3.9 */

enum { STORE_ERASE_BYTES = 128 << 10, STORE_BYTES = 7 * STORE_ERASE_BYTES };

/* 168 MHz from the internal oscillator, which needs no crystal that a board may not have. */
void clocks_open(void);
/* Of the core; 16 MHz where the PLL does not start. */
uint32_t clocks_core_hz(void);
/* Of APB2, where USART1 is. */
uint32_t clocks_apb2_hz(void);

/* USART1 on PA9 and PA10, received by interrupt. */
void usart_open(uint32_t rate_baud);
void usart_interrupt(void);

/* QEMU has no flash controller: its registers read as zero, and the model is there from the start. */
bool store_is_writable(void);

#endif
