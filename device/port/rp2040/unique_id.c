/* SPDX-License-Identifier: MIT */
/* The number is the flash's: W25Q16JV "Read Unique ID" (4Bh). Its chip select is held by the pin's override,
 * as the boot ROM's own commands do (2.8.3.1.3), while the bytes pass through the SSI (4.10.13). */
#include "port/rp2/unique_id.h"

#include "port/rp2/registers.h"
#include "port/rp2/rom.h"

#define SSI_STATUS (0x18000000u + 0x28u)
#define SSI_DATA (0x18000000u + 0x60u)
#define SSI_RECEIVED (1u << 3)
/* 2.19.6.2 */
#define QSPI_SELECT_CTRL (0x40018000u + 0x0Cu)
#define SELECT_LOW (2u << 8)
#define SELECT_HIGH (3u << 8)

enum {
  READ_UNIQUE_ID = 0x4B,
  ID_AT = 5,
  COMMAND_BYTES = ID_AT + UNIQUE_ID_BYTES
}; /* fewer than the FIFO's 16 */

/* Nothing can be read from the flash meanwhile. */
__attribute__((section(".hot.flash_id"), noinline)) static void exchange(const rom_flash_t* rom,
                                                                         uint8_t bytes[COMMAND_BYTES]) {
  rom->connect();
  rom->exit_xip();
  REGISTER(QSPI_SELECT_CTRL) = SELECT_LOW;
  for (uint32_t i = 0; i < COMMAND_BYTES; i++) REGISTER(SSI_DATA) = bytes[i];
  for (uint32_t i = 0; i < COMMAND_BYTES; i++) {
    while ((REGISTER(SSI_STATUS) & SSI_RECEIVED) == 0) continue;
    bytes[i] = (uint8_t)REGISTER(SSI_DATA);
  }
  REGISTER(QSPI_SELECT_CTRL) = SELECT_HIGH;
  rom->flush_cache(); /* gives the pin back */
  rom->enter_xip();
  rom->fast_xip();
}

void chip_unique_id(uint8_t id[UNIQUE_ID_BYTES]) {
  uint8_t bytes[COMMAND_BYTES] = {READ_UNIQUE_ID};
  rom_flash_t rom;
  if (rom_flash(&rom)) exchange(&rom, bytes);
  for (uint32_t i = 0; i < UNIQUE_ID_BYTES; i++) id[i] = bytes[ID_AT + i];
}
