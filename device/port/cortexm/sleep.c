/* SPDX-License-Identifier: MIT */
/* Waiting for the serial line. A byte that comes between the look and the wait is pending, and ends the wait.
 */
#include "port/bare_metal/bare_metal.h"
#include "port/bare_metal/serial_link.h"
#include "port/cortexm/cortexm.h"

void board_sleep(void) {
  interrupts_off();
  if (!serial_waiting()) wait_for_interrupt();
  interrupts_on();
}
