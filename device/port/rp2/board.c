/* SPDX-License-Identifier: MIT */
/* Description, time and restart of the chip. */
#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"
#include "port/rp2/registers.h"
#include "port/rp2/rp2.h"
#include "port/rp2/second_core.h"
#include "port/rp2/usb_descriptors.h"
#include "proto/frame.h"

static volatile uint32_t periods; /* of SysTick */

void board_tick(void);

void board_open(void) {
  clocks_open();
  usb_descriptors_open(); /* while nothing interrupts */
  resets_release(RESET_TIMER);
  REGISTER(SYSTICK_RELOAD) = SYSTICK_PERIOD - 1;
  REGISTER(SYSTICK_VALUE) = 0;
  REGISTER(SYSTICK_CTRL) = SYSTICK_RUN;
  uart_open();
  usb_open();
  chip_cores_open();
}

void board_tick(void) { periods++; }

void hal_board(hal_board_t* board) {
  *board = (hal_board_t){.name = CHIP_NAME,
                         .clock_hz = CHIP_HZ,
                         .tick_unit = MCL_TICKS_CYCLES,
                         .max_payload = MCL_PAYLOAD_MAX,
                         .store_bytes = CHIP_FLASH_BYTES - STORE_OFFSET,
                         .erase_bytes = FLASH_SECTOR_BYTES,
                         .check_at_start = true};
}

/* SysTick counts down; a period may end between the two readings. */
uint32_t hal_ticks(void) {
  uint32_t high, low;
  do {
    high = periods;
    low = REGISTER(SYSTICK_VALUE);
  } while (high != periods);
  return high * SYSTICK_PERIOD + (SYSTICK_PERIOD - 1u - low);
}

/* 1024 microseconds are near enough for the agent, and need no division. */
uint32_t hal_millis(void) { return REGISTER(TIMER_RAWL) >> 10; }

/* 2.17.5: a bit of the ring oscillator, which the crystal does not govern, at a time */
uint16_t hal_boot_entropy(void) {
  uint32_t bits = REGISTER(TIMER_RAWL);
  for (uint8_t i = 0; i < 32; i++) bits = bits << 1 ^ (REGISTER(ROSC_RANDOMBIT) & 1u) ^ bits >> 31;
  return (uint16_t)(bits ^ bits >> 16);
}

/* 2.13.3 and 4.7.3: everything but the oscillators starts again */
void hal_reset(void) {
  REGISTER(PSM_WDSEL) = CHIP_PSM_ALL_BUT_OSCILLATORS;
  SET_BITS(WATCHDOG_CTRL) = WATCHDOG_TRIGGER;
  for (;;) continue;
}
