/* SPDX-License-Identifier: MIT */
/* hal.h on a chip of four functions (chip.h), with its storage in RAM: the smallest port that runs a model.
 * device/PORTING.md goes through it step by step. */
#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"
#include "port/template/chip.h"

#ifndef CHIP_CLOCK_HZ
#define CHIP_CLOCK_HZ 16000000u
#endif
#ifndef STORE_BYTES
#define STORE_BYTES 49152u
#endif

enum { ERASE_BYTES = 4096 };

/* A model in RAM is gone with the power: replace it by the chip's flash once tokens come out right. */
static uint32_t store[STORE_BYTES / 4u];

static uint32_t millis, cycles_of_millis; /* the last whole millisecond, and its cycle */

void board_open(void) { chip_open(); }

/* A chip without a low-power mode just looks again. */
void board_sleep(void) {}

void hal_board(hal_board_t* board) {
  *board = (hal_board_t){.name = "template",
                         .clock_hz = CHIP_CLOCK_HZ,
                         .tick_unit = MCL_TICKS_CYCLES,
                         .max_payload = 256,
                         .store_bytes = sizeof store,
                         .erase_bytes = ERASE_BYTES,
                         .check_at_start = false};
}

uint16_t hal_link_read(uint8_t* buf, uint16_t n) {
  uint16_t taken = 0;
  for (int byte; taken < n && (byte = chip_receive()) >= 0;) buf[taken++] = (uint8_t)byte;
  return taken;
}

void hal_link_write(const uint8_t* buf, uint16_t n) {
  for (uint16_t i = 0; i < n; i++) chip_send(buf[i]);
}

/* A UART without a buffer loses bytes while a token is computed, and the host repeats: correct, and slow. A
 * receive interrupt (port/bare_metal/serial_link.c) ends that. */
uint32_t hal_link_overruns(void) { return 0; }

uint32_t hal_ticks(void) { return chip_cycles(); }

/* Asked far more often than the cycle counter wraps. */
uint32_t hal_millis(void) {
  const uint32_t passed = (chip_cycles() - cycles_of_millis) / (CHIP_CLOCK_HZ / 1000u);
  millis += passed;
  cycles_of_millis += passed * (CHIP_CLOCK_HZ / 1000u);
  return millis;
}

const uint8_t* hal_store_map(void) { return (const uint8_t*)store; }

static uint8_t* store_at(uint32_t offset, uint32_t n) {
  return offset <= sizeof store && n <= sizeof store - offset ? (uint8_t*)store + offset : 0;
}

bool hal_store_read(uint32_t offset, uint8_t* to, uint16_t n) {
  const uint8_t* from = store_at(offset, n);
  for (uint16_t i = 0; from != 0 && i < n; i++) to[i] = from[i];
  return from != 0;
}

bool hal_store_erase(uint32_t offset) {
  uint8_t* at = store_at(offset, ERASE_BYTES);
  for (uint16_t i = 0; at != 0 && i < ERASE_BYTES; i++) at[i] = 0xFF;
  return at != 0;
}

bool hal_store_program(uint32_t offset, const uint8_t* block) {
  uint8_t* at = store_at(offset, HAL_BLOCK_BYTES);
  for (uint16_t i = 0; at != 0 && i < HAL_BLOCK_BYTES; i++) at[i] = block[i];
  return at != 0;
}
