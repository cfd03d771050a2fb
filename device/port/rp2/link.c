/* SPDX-License-Identifier: MIT */
/* The link has two lines, UART0 and USB. Both listen; an answer goes where the last byte came from. The other
 * line is heard when this one is silent: frames never mix, unless two hosts talk at once. */
#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"
#include "port/rp2/rp2.h"

static bool on_usb;

uint16_t hal_link_read(uint8_t* buf, uint16_t n) {
  const bool uart = uart_has_input(), usb = usb_has_input();
  if (on_usb ? !usb && uart : !uart && usb) on_usb = !on_usb;
  if (!usb && on_usb) usb_flush();
  return on_usb ? usb_read(buf, n) : uart_read(buf, n);
}

void hal_link_write(const uint8_t* buf, uint16_t n) {
  if (on_usb) {
    usb_write(buf, n);
  } else {
    uart_write(buf, n);
  }
}

uint32_t hal_link_overruns(void) { return uart_overruns; }

/* An interrupt that comes between the question and the sleep ends the sleep. */
void board_sleep(void) {
  usb_flush();
  const uint32_t before = interrupts_off();
  if (!uart_has_input() && !usb_has_input()) __asm__ volatile("wfi");
  interrupts_restore(before);
}
