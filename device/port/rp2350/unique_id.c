/* SPDX-License-Identifier: MIT */
/* 5.4.8.17: the boot ROM tells the number that the chip got when it was made. */
#include "port/rp2/unique_id.h"

#include "port/rp2/rom.h"

enum { CHIP_INFO = 1, CHIP_INFO_WORDS = 4 }; /* what is told, package, the number */

void chip_unique_id(uint8_t id[UNIQUE_ID_BYTES]) {
  uint32_t words[CHIP_INFO_WORDS] = {0};
  rom_system_info(words, CHIP_INFO_WORDS, CHIP_INFO);
  for (uint32_t i = 0; i < UNIQUE_ID_BYTES; i++) {
    id[i] = (uint8_t)(words[3 - i / 4u] >> (24u - i % 4u * 8u)); /* most significant byte first */
  }
}
