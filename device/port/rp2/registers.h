/* SPDX-License-Identifier: MIT */
/* Registers that RP2040 and RP2350 have in common; where the blocks stand, and what differs, is in the chip.h
 * of each port. Sections are those of the RP2040 datasheet (build 2025-02-20), of the ARMv6-M manual (DDI
 * 0419), and of the PL011 manual (DDI 0183). */
#ifndef PORT_RP2_REGISTERS_H
#define PORT_RP2_REGISTERS_H

#include <stdint.h>

#include "chip.h"

#define REGISTER(address) (*(volatile uint32_t*)(uintptr_t)(address))
/* 2.1.2: the same register again, where a write sets or clears the bits that are 1 in it */
#define SET_BITS(address) REGISTER((address) + 0x2000u)
#define CLEAR_BITS(address) REGISTER((address) + 0x3000u)

/* 2.14 subsystem resets: a bit per peripheral, named RESET_... in chip.h */
#define RESETS_RESET (RESETS_BASE + 0x0u)
#define RESETS_DONE (RESETS_BASE + 0x8u)

/* 2.13 power-on state machine: what a reset by the watchdog takes with it */
#define PSM_WDSEL (PSM_BASE + 0x8u)

/* 2.16 crystal oscillator */
#define XOSC_CTRL (XOSC_BASE + 0x0u)
#define XOSC_STATUS (XOSC_BASE + 0x4u)
#define XOSC_STARTUP (XOSC_BASE + 0xCu)
#define XOSC_ENABLE (0xFABu << 12)
#define XOSC_1_15MHZ 0xAA0u
#define XOSC_STABLE (1u << 31)

/* 2.18 phase-locked loops */
#define PLL_CS(base) ((base) + 0x0u)
#define PLL_PWR(base) ((base) + 0x4u)
#define PLL_FBDIV(base) ((base) + 0x8u)
#define PLL_PRIM(base) ((base) + 0xCu)
#define PLL_LOCK (1u << 31)
#define PLL_PWR_PD (1u << 0)
#define PLL_PWR_POSTDIVPD (1u << 3)
#define PLL_PWR_VCOPD (1u << 5)

/* 2.15 clocks; the rest of the block is not the same on both chips */
#define CLK_REF_CTRL (CLOCKS_BASE + 0x30u)
#define CLK_REF_SELECTED (CLOCKS_BASE + 0x38u)
#define CLK_SYS_CTRL (CLOCKS_BASE + 0x3Cu)
#define CLK_SYS_SELECTED (CLOCKS_BASE + 0x44u)
#define CLK_PERI_CTRL (CLOCKS_BASE + 0x48u)
#define CLK_REF_FROM_XOSC 2u
#define CLK_SYS_FROM_AUX 1u /* whose source is pll_sys when nothing else is written */
#define CLK_ENABLE (1u << 11)

/* 2.19 GPIO: 8 bytes per pin, control in the second word */
#define IO_BANK0_CTRL(pin) (IO_BANK0_BASE + 8u * (pin) + 4u)
#define IO_FUNCTION_UART 2u

/* 4.6 timer: microseconds */
#define TIMER_RAWL (TIMER_BASE + 0x28u)

/* 4.7 watchdog */
#define WATCHDOG_CTRL (WATCHDOG_BASE + 0x0u)
#define WATCHDOG_TRIGGER (1u << 31)

/* 4.2 UART: PL011 */
#define UART_DR (UART0_BASE + 0x00u)
#define UART_FR (UART0_BASE + 0x18u)
#define UART_IBRD (UART0_BASE + 0x24u)
#define UART_FBRD (UART0_BASE + 0x28u)
#define UART_LCR_H (UART0_BASE + 0x2Cu)
#define UART_CR (UART0_BASE + 0x30u)
#define UART_IMSC (UART0_BASE + 0x38u)
#define UART_ICR (UART0_BASE + 0x44u)
#define UART_DR_OVERRUN (1u << 11)
#define UART_FR_RXFE (1u << 4)
#define UART_FR_TXFF (1u << 5)
#define UART_LCR_8BITS (3u << 5)
#define UART_LCR_FIFOS (1u << 4)
#define UART_CR_ENABLE ((1u << 9) | (1u << 8) | (1u << 0)) /* receiver, transmitter, UART */
#define UART_INT_RX (1u << 4)
#define UART_INT_RX_TIMEOUT (1u << 6)

/* 2.3.1 single-cycle IO: which core this is, and the mailboxes between the cores */
#define SIO_BASE 0xD0000000u
#define SIO_CPUID (SIO_BASE + 0x000u)
#define SIO_FIFO_STATUS (SIO_BASE + 0x050u)
#define SIO_FIFO_WRITE (SIO_BASE + 0x054u)
#define SIO_FIFO_READ (SIO_BASE + 0x058u)
/* one of 32 locks: reads as 0 while somebody has it, any other value means that it is ours; a write gives it
 * back */
#define SIO_SPINLOCK (SIO_BASE + 0x100u)
#define SIO_FIFO_VALID (1u << 0)
#define SIO_FIFO_READY (1u << 1)

/* 2.5 DMA: 12 channels; a write to the control register of one starts it */
#define DMA_READ_ADDRESS(channel) (DMA_BASE + 0x40u * (channel) + 0x0u)
#define DMA_WRITE_ADDRESS(channel) (DMA_BASE + 0x40u * (channel) + 0x4u)
#define DMA_COUNT(channel) (DMA_BASE + 0x40u * (channel) + 0x8u)
#define DMA_CTRL(channel) (DMA_BASE + 0x40u * (channel) + 0xCu)
#define DMA_BASE 0x50000000u
/* enabled, words, both addresses go on, as fast as it can, no other channel afterwards, no interrupt */
#define DMA_COPY_WORDS(channel) \
  ((1u << 0) | (2u << 2) | (1u << 4) | (1u << 5) | ((channel) << 11) | (0x3Fu << 15) | (1u << 21))

/* 4.1 USB: registers, and the memory that controller and processor share */
#define USB_BASE 0x50110000u
#define USB_ADDRESS (USB_BASE + 0x00u)
#define USB_MAIN_CTRL (USB_BASE + 0x40u)
#define USB_SIE_CTRL (USB_BASE + 0x4Cu)
#define USB_SIE_STATUS (USB_BASE + 0x50u)
#define USB_BUFFER_STATUS (USB_BASE + 0x58u)
#define USB_STALL_ARM (USB_BASE + 0x68u)
#define USB_MUXING (USB_BASE + 0x74u)
#define USB_POWER (USB_BASE + 0x78u)
#define USB_INTERRUPTS_ENABLED (USB_BASE + 0x90u)
#define USB_INTERRUPTS (USB_BASE + 0x98u)
#define USB_ENABLE (1u << 0)
#define USB_MUXING_TO_PHY ((1u << 0) | (1u << 3))
#define USB_POWER_VBUS_THERE ((1u << 2) | (1u << 3)) /* detected, by our word */
#define USB_SIE_PULLUP (1u << 16)
#define USB_SIE_EP0_INTERRUPTS (1u << 29)
#define USB_SIE_BUS_RESET (1u << 19)
#define USB_SIE_SETUP (1u << 17)
#define USB_INT_BUFFER (1u << 4)
#define USB_INT_BUS_RESET (1u << 12)
#define USB_INT_SETUP (1u << 16)
#define USB_MEMORY 0x50100000u
#define USB_ENDPOINT_CTRL(n, out) (USB_MEMORY + 8u * (n) + ((out) ? 4u : 0u)) /* n from 1 on */
#define USB_BUFFER_CTRL(n, out) (USB_MEMORY + 0x80u + 8u * (n) + ((out) ? 4u : 0u))
#define USB_BUFFER_BIT(n, out) (1u << (2u * (n) + ((out) ? 1u : 0u)))
#define USB_BUFFER_FULL (1u << 15)
#define USB_BUFFER_DATA1 (1u << 13)
#define USB_BUFFER_STALL (1u << 11)
#define USB_BUFFER_AVAILABLE (1u << 10)
#define USB_BUFFER_LENGTH 0x3FFu
#define USB_ENDPOINT_ENABLE (1u << 31)
#define USB_ENDPOINT_INTERRUPTS (1u << 29)
#define USB_ENDPOINT_TYPE(type) ((type) << 26) /* as in its descriptor: 2 bulk, 3 interrupt */

/* ARMv6-M B3.3 SysTick, B3.4 interrupt controller, B3.2 system control */
#define SYSTICK_CTRL 0xE000E010u
#define SYSTICK_RELOAD 0xE000E014u
#define SYSTICK_VALUE 0xE000E018u
#define SYSTICK_RUN 7u /* enabled, with its exception, at the processor's clock */
#define SYSTICK_PERIOD 0x1000000u
#define NVIC_ENABLE(irq) REGISTER(0xE000E100u + 4u * ((irq) / 32u)) = 1u << ((irq) % 32u)
#define SCB_ICSR 0xE000ED04u
#define SCB_ICSR_SYSTICK_PENDING (1u << 26)
#define SCB_VTOR 0xE000ED08u

#endif
