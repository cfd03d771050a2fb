/* SPDX-License-Identifier: MIT */
/* Two words at the end of the memory that no start clears. A chip powers up with chance in them; a
 * simulator's memory is zero, and whoever starts it writes a number to the first one. */
#include "hal/hal.h"

extern uint32_t bare_entropy[2]; /* from the linker script: seed, starts since power */

uint16_t hal_boot_entropy(void) {
  bare_entropy[1]++;
  uint32_t v = (bare_entropy[0] ^ bare_entropy[1] * 0x9E3779B9u) * 0x85EBCA6Bu;
  v = (v ^ v >> 15) * 0xC2B2AE35u;
  return (uint16_t)(v >> 16);
}
