/* SPDX-License-Identifier: MIT */
/* NOR flash with Intel's command set (Common Flash Memory Interface, JESD68; Intel StrataFlash 28F640J3 data
 * sheet, table 4), 32 bits wide. A port compiles cfi_flash.c with CFI_FLASH_BASE and CFI_FLASH_CHIPS: 2 of 16
 * bits side by side, or 1. While a chip is busy nothing of it can be read, so the program must be elsewhere.
 */
#ifndef DRIVERS_CFI_FLASH_H
#define DRIVERS_CFI_FLASH_H

#include <stdbool.h>
#include <stdint.h>

/* Of the block that begins there. */
bool cfi_flash_erase(uint32_t offset);
/* n bytes, within an aligned piece of what the chips buffer, 512 bytes at least; all are multiples of 4. */
bool cfi_flash_program(uint32_t offset, const uint8_t* bytes, uint32_t n);

#endif
