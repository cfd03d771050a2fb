/* SPDX-License-Identifier: MIT */
/* The core's own peripherals, the same in every Cortex-M (Armv6-M Architecture Reference Manual, DDI 0419,
 * B3.2 to B3.4; Armv8-M, DDI 0553, B11 and D1.2). */
#ifndef CORTEXM_H
#define CORTEXM_H

#include <stdint.h>

#define REG32(address) (*(volatile uint32_t*)(address))

#define SYST_CSR REG32(0xE000E010u) /* control: bit 0 enable, 1 interrupt, 2 core clock */
#define SYST_RVR REG32(0xE000E014u) /* reload */
#define SYST_CVR REG32(0xE000E018u) /* current, counts down */
#define NVIC_ISER(n) REG32(0xE000E100u + 4u * (n))
#define SCB_AIRCR REG32(0xE000ED0Cu)

enum { SYST_BITS = 24 };
#define AIRCR_SYSRESETREQ 0x05FA0004u /* with the key that the register asks for */

typedef void (*vector_t)(void);

/* The port's vector table is `const vector_t vectors[]` in the section .vectors: CORTEXM_VECTORS, then the
 * interrupts that it handles. An entry that is missing is zero, and taking it a fault. */
#define CORTEXM_VECTORS                                                                                     \
  [0] = (vector_t)(uintptr_t)bare_stack_end, [1] = cortexm_start, [2] = cortexm_fault, [3] = cortexm_fault, \
  [4] = cortexm_fault, [5] = cortexm_fault, [6] = cortexm_fault, [7] = cortexm_fault, [11] = cortexm_fault, \
  [12] = cortexm_fault, [14] = cortexm_fault, [15] = systick_handler

void cortexm_start(void) __attribute__((noreturn));
/* Memory that is not there, an unaligned access, an interrupt that nobody wanted: the chip starts again,
 * which the host sees by its boot id. */
void cortexm_fault(void) __attribute__((noreturn));

/* SysTick counts the core's clock, or what the port feeds it, in 24 bits; its handler counts the rest. */
void systick_open(void);
void systick_handler(void);
uint64_t systick_now(void);

static inline void interrupts_off(void) { __asm__ volatile("cpsid i" ::: "memory"); }
static inline void interrupts_on(void) { __asm__ volatile("cpsie i" ::: "memory"); }
/* Returns as soon as an interrupt is pending, even while interrupts are off. */
static inline void wait_for_interrupt(void) { __asm__ volatile("dsb\n wfi" ::: "memory"); }

static inline void interrupt_enable(uint32_t irq) { NVIC_ISER(irq / 32u) = (uint32_t)1 << irq % 32u; }

#endif
