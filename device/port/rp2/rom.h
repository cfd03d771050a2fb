/* SPDX-License-Identifier: MIT */
/* What the boot ROM does for us. Each port has its own rom.c: the tables of the ROMs differ. */
#ifndef PORT_RP2_ROM_H
#define PORT_RP2_ROM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  void (*connect)(void);
  void (*exit_xip)(void);
  void (*erase)(uint32_t at, size_t bytes, uint32_t block_bytes, uint8_t block_command);
  void (*program)(uint32_t at, const uint8_t* bytes, size_t n);
  void (*flush_cache)(void);
  void (*enter_xip)(void); /* the slow way, which every flash understands */
  void (*fast_xip)(void);  /* back to the way of the start; stands in SRAM */
} rom_flash_t;

/* Fills in the functions. false: the ROM lacks one. */
bool rom_flash(rom_flash_t* rom);
/* RP2350: fills in what the chip says of itself; leaves the words as they are where the ROM does not tell. */
void rom_system_info(uint32_t* words, uint32_t count, uint32_t what);
/* Restarts into the boot loader, which shows itself as a USB drive. */
void rom_boot_loader(void) __attribute__((noreturn));

#endif
