/* SPDX-License-Identifier: MIT */
#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"
#include "port/rp2/rp2.h"

uint16_t hal_link_read(uint8_t* buf, uint16_t n) { return uart_read(buf, n); }

void hal_link_write(const uint8_t* buf, uint16_t n) { uart_write(buf, n); }

uint32_t hal_link_overruns(void) { return uart_overruns; }

/* An interrupt that comes between the question and the sleep ends the sleep. */
void board_sleep(void) {
  const uint32_t before = interrupts_off();
  if (!uart_has_input()) __asm__ volatile("wfi");
  interrupts_restore(before);
}
