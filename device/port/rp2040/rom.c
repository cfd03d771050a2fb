/* SPDX-License-Identifier: MIT */
/* 2.8.3: the boot ROM tells where its functions are, by codes of two letters. */
#include "port/rp2/rom.h"

#include "port/rp2/registers.h"

/* 2.8.3: 16-bit addresses at fixed places in the ROM */
#define ROM_FUNCTION_TABLE 0x14u
#define ROM_TABLE_LOOKUP 0x18u

typedef void* (*lookup_t)(const uint16_t* table, uint32_t code);
typedef void (*function_t)(void);

static function_t find(char first, char second) {
  const uintptr_t lookup = *(const volatile uint16_t*)ROM_TABLE_LOOKUP;
  const uintptr_t table = *(const volatile uint16_t*)ROM_FUNCTION_TABLE;
  void* const found = ((lookup_t)lookup)((const uint16_t*)table, (uint32_t)first | (uint32_t)second << 8);
  return (function_t)(uintptr_t)found;
}

/* boot2, which set the flash up at the start, from its copy in SRAM: it returns when it was called with a
 * link */
static uint32_t boot2[64];

__attribute__((section(".hot.flash_fast"))) static void run_boot2(void) {
  ((function_t)((uintptr_t)boot2 | 1u))();
}

bool rom_flash(rom_flash_t* rom) {
  const volatile uint32_t* flash = (const volatile uint32_t*)XIP_BASE;
  for (uint8_t i = 0; i < 64; i++) boot2[i] = flash[i];
  rom->connect = find('I', 'F');
  rom->exit_xip = find('E', 'X');
  rom->erase = (void (*)(uint32_t, size_t, uint32_t, uint8_t))find('R', 'E');
  rom->program = (void (*)(uint32_t, const uint8_t*, size_t))find('R', 'P');
  rom->flush_cache = find('F', 'C');
  rom->enter_xip = find('C', 'X');
  rom->fast_xip = run_boot2;
  return rom->connect != NULL && rom->exit_xip != NULL && rom->erase != NULL && rom->program != NULL &&
         rom->flush_cache != NULL && rom->enter_xip != NULL;
}

void rom_boot_loader(void) {
  void (*enter)(uint32_t, uint32_t) = (void (*)(uint32_t, uint32_t))find('U', 'B');
  if (enter != NULL) enter(0, 0);
  for (;;) continue;
}
