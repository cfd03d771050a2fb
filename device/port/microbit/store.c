/* SPDX-License-Identifier: MIT */
/* The storage: the upper half of the flash, pages of 1 KB (reference manual, chapter 6). The processor stands
 * still while the controller works. */
#include <stddef.h>

#include "hal/hal.h"
#include "port/microbit/microbit.h"

#define STORE_AT 0x20000u
#define NVMC_READY REG32(0x4001E400u)
#define NVMC_CONFIG REG32(0x4001E504u)
#define NVMC_ERASEPAGE REG32(0x4001E508u)

enum { CONFIG_READ = 0, CONFIG_WRITE = 1, CONFIG_ERASE = 2 };

static void wait_until_ready(void) {
  while (NVMC_READY == 0) continue;
}

const uint8_t* hal_store_map(void) { return (const uint8_t*)STORE_AT; }

bool hal_store_erase(uint32_t offset) {
  if (offset >= STORE_BYTES) return false;
  NVMC_CONFIG = CONFIG_ERASE;
  wait_until_ready();
  NVMC_ERASEPAGE = STORE_AT + offset;
  wait_until_ready();
  NVMC_CONFIG = CONFIG_READ;
  wait_until_ready();
  return true;
}

bool hal_store_program(uint32_t offset, const uint8_t* block) {
  if (offset >= STORE_BYTES) return false;
  volatile uint32_t* const to = (volatile uint32_t*)(STORE_AT + offset);
  NVMC_CONFIG = CONFIG_WRITE;
  wait_until_ready();
  for (uint16_t i = 0; i < HAL_BLOCK_BYTES; i = (uint16_t)(i + 4)) {
    to[i / 4u] = (uint32_t)block[i] | (uint32_t)block[i + 1u] << 8 | (uint32_t)block[i + 2u] << 16 |
                 (uint32_t)block[i + 3u] << 24;
    wait_until_ready();
  }
  NVMC_CONFIG = CONFIG_READ;
  wait_until_ready();
  return true;
}
