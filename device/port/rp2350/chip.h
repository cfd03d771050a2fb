/* SPDX-License-Identifier: MIT */
/* Where the RP2350 has the blocks of registers.h, and what it has of its own. Sections of its datasheet
 * (build 2025-02-20). */
#ifndef PORT_RP2350_CHIP_H
#define PORT_RP2350_CHIP_H

#define CHIP_NAME "rp2350"
#define CHIP_HZ 150000000u /* 12 MHz * 125 / (5 * 2); 8.6.3 */
#define CHIP_PLL_FEEDBACK 125u
#define CHIP_PLL_FIRST 5u
#define CHIP_PLL_SECOND 2u
#define CHIP_FLASH_BYTES 0x400000u /* W25Q32RV on a Pico 2 */
#define CHIP_VECTORS 68u           /* 16 of the core, 52 of its interrupt controller; 3.2 */
#define CHIP_VECTORS_ALIGN 512
#define CHIP_USB_VENDOR 0x2E8A /* Raspberry Pi; the product is what its SDK gives a serial line */
#define CHIP_USB_PRODUCT 0x0009

/* 2.2 address map */
#define XIP_BASE 0x10000000u
#define CLOCKS_BASE 0x40010000u
#define PSM_BASE 0x40018000u
#define RESETS_BASE 0x40020000u
#define IO_BANK0_BASE 0x40028000u
#define PADS_BANK0_BASE 0x40038000u
#define XOSC_BASE 0x40048000u
#define PLL_SYS_BASE 0x40050000u
#define PLL_USB_BASE 0x40058000u
#define UART0_BASE 0x40070000u
#define TIMER_BASE 0x400B0000u
#define WATCHDOG_BASE 0x400D8000u
#define ROSC_RANDOMBIT 0x400E8020u /* 8.3.11 */
#define TICKS_BASE 0x40108000u

/* 3.2 interrupts */
#define IRQ_USB 14u
#define IRQ_UART0 33u

/* 7.5.3 */
#define RESET_IO_BANK0 (1u << 6)
#define RESET_PADS_BANK0 (1u << 9)
#define RESET_PLL_SYS (1u << 14)
#define RESET_PLL_USB (1u << 15)
#define RESET_TIMER (1u << 23)
#define RESET_UART0 (1u << 26)
#define RESET_USB (1u << 28)

/* 7.4.4: all of the state machine but ring oscillator and crystal */
#define CHIP_PSM_ALL_BUT_OSCILLATORS 0x01FFFFF3u

/* 8.1.7 */
#define CLK_USB_CTRL (CLOCKS_BASE + 0x60u)

/* 8.5: the timer's tick is a microsecond: 12 periods of clk_ref */
#define TICKS_TIMER0_CTRL (TICKS_BASE + 0x18u)
#define TICKS_TIMER0_CYCLES (TICKS_BASE + 0x1Cu)
#define chip_ticks_open() (REGISTER(TICKS_TIMER0_CYCLES) = 12u, REGISTER(TICKS_TIMER0_CTRL) = 1u)
/* 9.11.3: after reset a pad is isolated and its input is off; 4 mA, Schmitt trigger, input on, not isolated
 */
#define chip_pad_open(pin) (REGISTER(PADS_BANK0_BASE + 4u + 4u * (pin)) = 0x52u)
/* 5.3: the second core waits in the boot ROM for the words that it waits for in an RP2040 */
#define chip_cores_open() second_core_open()

#endif
