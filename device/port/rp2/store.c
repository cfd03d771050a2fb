/* SPDX-License-Identifier: MIT */
/* The storage: the flash behind the agent. It is read in place and written through the boot ROM (2.8.3.1.3),
 * during which nothing can be read from it: the code that does so stands in SRAM, and interrupts wait. */
#include <stddef.h>

#include "hal/hal.h"
#include "port/rp2/registers.h"
#include "port/rp2/rom.h"
#include "port/rp2/rp2.h"

enum { FLASH_BLOCK_ERASE = 0xD8 }; /* the flash's command for blocks of 64 KiB, which sectors never need */

typedef enum { ERASE, PROGRAM } operation_t;

static const uint8_t* flash_at(uint32_t offset) {
  return (const uint8_t*)(uintptr_t)(XIP_BASE + STORE_OFFSET + offset);
}

const uint8_t* hal_store_map(void) { return flash_at(0); }

bool hal_store_read(uint32_t offset, uint8_t* to, uint16_t n) {
  __builtin_memcpy(to, flash_at(offset), n);
  return true;
}

/* The ROM's functions are looked up before the flash goes away. */
__attribute__((section(".hot.flash_change"), noinline)) static void change(const rom_flash_t* rom,
                                                                           operation_t operation, uint32_t at,
                                                                           const uint8_t* bytes) {
  rom->connect();
  rom->exit_xip();
  if (operation == ERASE) {
    rom->erase(at, FLASH_SECTOR_BYTES, FLASH_SECTOR_BYTES, FLASH_BLOCK_ERASE);
  } else {
    rom->program(at, bytes, HAL_BLOCK_BYTES);
  }
  rom->flush_cache();
  rom->enter_xip();
  rom->fast_xip();
}

static bool changed(operation_t operation, uint32_t offset, const uint8_t* bytes) {
  rom_flash_t rom;
  if (!rom_flash(&rom)) return false;
  const uint32_t before = interrupts_off();
  change(&rom, operation, STORE_OFFSET + offset, bytes);
  interrupts_restore(before);
  return true;
}

bool hal_store_erase(uint32_t offset) {
  if (!changed(ERASE, offset, NULL)) return false;
  const uint8_t* sector = flash_at(offset);
  for (uint32_t i = 0; i < FLASH_SECTOR_BYTES; i++) {
    if (sector[i] != 0xFF) return false;
  }
  return true;
}

bool hal_store_program(uint32_t offset, const uint8_t* block) {
  if (!changed(PROGRAM, offset, block)) return false;
  const uint8_t* written = flash_at(offset);
  for (uint32_t i = 0; i < HAL_BLOCK_BYTES; i++) {
    if (written[i] != block[i]) return false;
  }
  return true;
}
