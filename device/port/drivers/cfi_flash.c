/* SPDX-License-Identifier: MIT */
#include "port/drivers/cfi_flash.h"

#define FLASH(offset) (*(volatile uint32_t*)(CFI_FLASH_BASE + (offset)))

/* each command goes to both chips; a single one of this width looks at the lower half */
enum {
  READ_ARRAY = 0x00FF00FF,
  CLEAR_STATUS = 0x00500050,
  ERASE = 0x00200020,
  CONFIRM = 0x00D000D0,
  WRITE_BUFFER = 0x00E800E8,
  READY = 0x00800080,
  FAILED = 0x003A003A, /* erase, program, voltage, locked */
  LONGEST_WAIT = 50000000
};

/* The chips are done; false: not in a time that would be long for an erase, or they failed. */
static bool finish(uint32_t offset) {
  uint32_t status = 0;
  for (uint32_t left = LONGEST_WAIT; left != 0 && (status & READY) != READY; left--) status = FLASH(offset);
  FLASH(offset) = CLEAR_STATUS;
  FLASH(offset) = READ_ARRAY;
  return (status & READY) == READY && (status & FAILED) == 0;
}

bool cfi_flash_erase(uint32_t offset) {
  FLASH(offset) = ERASE;
  FLASH(offset) = CONFIRM;
  return finish(offset);
}

bool cfi_flash_program(uint32_t offset, const uint8_t* bytes, uint32_t n) {
  FLASH(offset) = WRITE_BUFFER;
  const uint32_t last = n / 4u - 1u; /* the count of a chip's writes, less one */
  FLASH(offset) = CFI_FLASH_CHIPS == 2 ? last << 16 | last : last;
  for (uint32_t i = 0; i < n; i += 4) {
    FLASH(offset + i) = (uint32_t)bytes[i] | (uint32_t)bytes[i + 1u] << 8 | (uint32_t)bytes[i + 2u] << 16 |
                        (uint32_t)bytes[i + 3u] << 24;
  }
  FLASH(offset) = CONFIRM;
  return finish(offset);
}
