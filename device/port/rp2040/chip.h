/* SPDX-License-Identifier: MIT */
/* Where the RP2040 has the blocks of registers.h, and what it has of its own. Sections of its datasheet. */
#ifndef PORT_RP2040_CHIP_H
#define PORT_RP2040_CHIP_H

#define CHIP_NAME "rp2040"
#define CHIP_HZ 133000000u /* 12 MHz * 133 / (6 * 2); 2.18.2 */
#define CHIP_PLL_FEEDBACK 133u
#define CHIP_PLL_FIRST 6u
#define CHIP_PLL_SECOND 2u
#define CHIP_FLASH_BYTES 0x200000u /* W25Q16JV on a Pico */
#define CHIP_VECTORS 48u           /* 16 of the core, 32 of its interrupt controller */
#define CHIP_VECTORS_ALIGN 256
#define CHIP_USB_VENDOR 0x2E8A /* Raspberry Pi; the product is what its SDK gives a serial line */
#define CHIP_USB_PRODUCT 0x000A

/* 2.2 address map */
#define XIP_BASE 0x10000000u
#define CLOCKS_BASE 0x40008000u
#define RESETS_BASE 0x4000C000u
#define PSM_BASE 0x40010000u
#define IO_BANK0_BASE 0x40014000u
#define XOSC_BASE 0x40024000u
#define PLL_SYS_BASE 0x40028000u
#define PLL_USB_BASE 0x4002C000u
#define UART0_BASE 0x40034000u
#define TIMER_BASE 0x40054000u
#define WATCHDOG_BASE 0x40058000u
#define ROSC_RANDOMBIT 0x4006001Cu /* 2.17.8 */

/* 2.3.2 interrupts */
#define IRQ_USB 5u
#define IRQ_UART0 20u

/* 2.14.3 */
#define RESET_DMA (1u << 2)
#define RESET_IO_BANK0 (1u << 5)
#define RESET_PADS_BANK0 (1u << 8)
#define RESET_PLL_SYS (1u << 12)
#define RESET_PLL_USB (1u << 13)
#define RESET_TIMER (1u << 21)
#define RESET_UART0 (1u << 22)
#define RESET_USB (1u << 24)

/* 2.13.5: all of the state machine but ring oscillator and crystal */
#define CHIP_PSM_ALL_BUT_OSCILLATORS 0x1FFFCu

/* 2.15.7 */
#define CLK_USB_CTRL (CLOCKS_BASE + 0x54u)

/* 4.7.2: the watchdog's tick, which the timer counts, is a microsecond: 12 periods of clk_ref */
#define WATCHDOG_TICK (WATCHDOG_BASE + 0x2Cu)
#define chip_ticks_open() (REGISTER(WATCHDOG_TICK) = (1u << 9) | 12u)
/* 2.19.6.3: pads are ready for use after reset */
#define chip_pad_open(pin) ((void)(pin))
#define chip_cores_open() (resets_release(RESET_DMA), second_core_open())

#endif
