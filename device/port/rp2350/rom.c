/* SPDX-License-Identifier: MIT */
/* 5.4: the boot ROM tells where its functions are, by codes of two letters and the kind of core that asks. */
#include "port/rp2/rom.h"

/* 5.4.1: a 16-bit address at a fixed place in the ROM */
#define ROM_LOOKUP_VALUE 0x16u

enum { FOR_ARM_SECURE = 4 };                         /* 5.4.1 */
enum { XIP_QUAD = 3, XIP_CLOCK_DIVISOR = 3 };        /* 5.4.8.15: EBh; 50 MHz */
enum { REBOOT_TO_BOOT_LOADER = 2, NO_RETURN = 256 }; /* 5.4.8.24 */

typedef void (*function_t)(void);
typedef void* (*lookup_t)(uint32_t code, uint32_t mask);

static void (*select_xip)(uint32_t mode, uint32_t divisor);

static function_t find(char first, char second) {
  const uintptr_t lookup = *(const volatile uint16_t*)ROM_LOOKUP_VALUE;
  void* const found = ((lookup_t)lookup)((uint32_t)first | (uint32_t)second << 8, FOR_ARM_SECURE);
  return (function_t)(uintptr_t)found;
}

__attribute__((section(".hot.flash_fast"))) static void select_fast_xip(void) {
  select_xip(XIP_QUAD, XIP_CLOCK_DIVISOR);
}

bool rom_flash(rom_flash_t* rom) {
  rom->connect = find('I', 'F');
  rom->exit_xip = find('E', 'X');
  rom->erase = (void (*)(uint32_t, size_t, uint32_t, uint8_t))find('R', 'E');
  rom->program = (void (*)(uint32_t, const uint8_t*, size_t))find('R', 'P');
  rom->flush_cache = find('F', 'C');
  rom->enter_xip = find('C', 'X');
  rom->fast_xip = select_fast_xip;
  select_xip = (void (*)(uint32_t, uint32_t))find('X', 'M');
  return rom->connect != NULL && rom->exit_xip != NULL && rom->erase != NULL && rom->program != NULL &&
         rom->flush_cache != NULL && rom->enter_xip != NULL && select_xip != NULL;
}

void rom_system_info(uint32_t* words, uint32_t count, uint32_t what) {
  int (*get)(uint32_t*, uint32_t, uint32_t) = (int (*)(uint32_t*, uint32_t, uint32_t))find('G', 'S');
  if (get != NULL) (void)get(words, count, what);
}

void rom_boot_loader(void) {
  int (*reboot)(uint32_t, uint32_t, uint32_t, uint32_t) =
      (int (*)(uint32_t, uint32_t, uint32_t, uint32_t))find('R', 'B');
  if (reboot != NULL) (void)reboot(REBOOT_TO_BOOT_LOADER | NO_RETURN, 10, 0, 0);
  for (;;) continue;
}
