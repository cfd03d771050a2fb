// SPDX-License-Identifier: MIT
// Streams SPI bytes and multiplies for SECONDS of simulated time: the load of a model, to measure speed with.
#include "mark.h"

int main(void) {
  DDRB = 1 << 2 | 1 << 3 | 1 << 5;
  SPCR = 1 << SPE | 1 << MSTR;
  SPSR = 1 << SPI2X;
  const uint32_t bytes = SECONDS * (F_CPU / 18);
  uint8_t low = (uint8_t)bytes, middle = (uint8_t)(bytes >> 8), high = (uint8_t)(bytes >> 16);
  __asm__ volatile(
      "1: out %[spdr], r25\n"
      "in r23, %[spdr]\n"
      "ld r24, X\n"
      "muls r23, r24\n"
      "sbc r21, r21\n"
      "add r18, r0\n"
      "adc r19, r1\n"
      "adc r20, r21\n"
      "rjmp .\n"
      "nop\n"
      "subi %[l], 1\n"
      "sbci %[m], 0\n"
      "sbci %[h], 0\n"
      "brne 1b\n"
      "clr r1\n"
      : [l] "+d"(low), [m] "+d"(middle), [h] "+d"(high)
      : [spdr] "I"(_SFR_IO_ADDR(SPDR)), "x"(0x200)
      : "r0", "r18", "r19", "r20", "r21", "r23", "r24", "r25");
  finish();
}
