/* SPDX-License-Identifier: MIT */
/* The storage: sectors 5 to 11 of the flash, 128 KB each (RM0090 table 5). While the flash is busy it cannot
 * be read, which holds up the program as well: nothing else runs meanwhile, and a sector takes up to 2 s. */
#include <stddef.h>

#include "hal/hal.h"
#include "port/stm32f405/stm32f405.h"

#define STORE_AT 0x08020000u
#define FLASH_ACR FLASH_CTRL(0x00)
#define FLASH_KEYR FLASH_CTRL(0x04)
#define FLASH_SR FLASH_CTRL(0x0C)
#define FLASH_CR FLASH_CTRL(0x10)
#define FLASH_KEY1 0x45670123u
#define FLASH_KEY2 0xCDEF89ABu
#define CR_LOCK 0x80000000u

enum {
  FIRST_SECTOR = 5,
  SR_BUSY = 1 << 16,
  SR_ERRORS = 0xF2, /* write protection, alignment, parallelism, sequence, operation */
  CR_PROGRAM = 1 << 0,
  CR_ERASE_SECTOR = 1 << 1,
  CR_BY_WORDS = 2 << 8, /* above 2.7 V */
  CR_START = 1 << 16,
  ACR_DATA_CACHE = 1 << 10,
  ACR_DATA_CACHE_RESET = 1 << 12
};

bool store_is_writable(void) {
  static bool known, writable;
  if (!known) writable = (FLASH_CR & CR_LOCK) != 0;
  known = true;
  return writable;
}

static bool finish(void) {
  while ((FLASH_SR & SR_BUSY) != 0) continue;
  const bool good = (FLASH_SR & SR_ERRORS) == 0;
  FLASH_SR = SR_ERRORS;
  FLASH_CR = CR_LOCK;
  /* what the cache holds of the old contents */
  FLASH_ACR &= ~(uint32_t)ACR_DATA_CACHE;
  FLASH_ACR |= ACR_DATA_CACHE_RESET;
  FLASH_ACR &= ~(uint32_t)ACR_DATA_CACHE_RESET;
  FLASH_ACR |= ACR_DATA_CACHE;
  return good;
}

static void unlock(void) {
  FLASH_KEYR = FLASH_KEY1;
  FLASH_KEYR = FLASH_KEY2;
  FLASH_SR = SR_ERRORS;
}

const uint8_t* hal_store_map(void) { return (const uint8_t*)STORE_AT; }

bool hal_store_erase(uint32_t offset) {
  if (!store_is_writable() || offset >= STORE_BYTES) return false;
  const uint32_t sector = FIRST_SECTOR + offset / STORE_ERASE_BYTES;
  unlock();
  FLASH_CR = CR_ERASE_SECTOR | CR_BY_WORDS | sector << 3;
  FLASH_CR |= CR_START;
  return finish();
}

bool hal_store_program(uint32_t offset, const uint8_t* block) {
  if (!store_is_writable() || offset >= STORE_BYTES) return false;
  volatile uint32_t* const to = (volatile uint32_t*)(STORE_AT + offset);
  unlock();
  FLASH_CR = CR_PROGRAM | CR_BY_WORDS;
  for (uint16_t i = 0; i < HAL_BLOCK_BYTES; i = (uint16_t)(i + 4)) {
    to[i / 4u] = (uint32_t)block[i] | (uint32_t)block[i + 1u] << 8 | (uint32_t)block[i + 2u] << 16 |
                 (uint32_t)block[i + 3u] << 24;
    while ((FLASH_SR & SR_BUSY) != 0) continue;
  }
  return finish();
}
