/* SPDX-License-Identifier: MIT */
/* Description, clock, stack and restart of an ATmega328P. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/pgmspace.h>
#include <avr/wdt.h>

#include "hal/hal.h"
#include "port/atmega328p/board.h"
#include "port/atmega328p/card.h"
#include "proto/frame.h"
#include "proto/rom.h"

enum { MAX_PAYLOAD = MCL_HELLO_MAX, PAINT = 0xC5 };

extern uint8_t _end; /* of the variables: the stack grows down to here */

/* keeps its value over every reset but that of power, when it holds anything */
static uint16_t starts __attribute__((section(".noinit")));

static volatile uint16_t overflows; /* of timer 1 */

/* Before main: a restart by the watchdog leaves it running. */
void board_stop_watchdog(void) __attribute__((naked, used, section(".init3")));
void board_stop_watchdog(void) {
  MCUSR = 0;
  wdt_disable();
}

/* The free memory is painted, to see later how far the stack came. */
void board_paint_stack(void) __attribute__((naked, used, section(".init3")));
void board_paint_stack(void) {
  for (uint8_t* p = &_end; p < (uint8_t*)SP; p++) *p = PAINT;
}

void board_open(void) {
  TCCR1A = 0;
  TCCR1B = _BV(CS10); /* every cycle */
  TIMSK1 = _BV(TOIE1);
}

ISR(TIMER1_OVF_vect) { overflows++; }

static MCL_ROM hal_board_t constants = {.name = "atmega328p",
                                        .clock_hz = F_CPU,
                                        .tick_unit = MCL_TICKS_CYCLES,
                                        .max_payload = MAX_PAYLOAD,
                                        .erase_bytes = CARD_BLOCK_BYTES,
                                        .check_at_start = false};

void __attribute__((noinline)) hal_board(hal_board_t* board) {
  /* half of the card is the store, up to 2 GB, the other half the cache's */
  uint32_t blocks = card_blocks() & ~1ul;
  if (blocks > 1ul << 23) blocks = 1ul << 23;
  memcpy_P(board, &constants, sizeof constants);
  board->store_bytes = blocks * (CARD_BLOCK_BYTES / 2);
}

uint32_t hal_ticks(void) {
  const uint8_t status = SREG;
  union {
    struct {
      uint16_t low, high;
    };
    uint32_t all;
  } ticks;
  cli();
  ticks.low = TCNT1;
  ticks.high = overflows;
  if ((TIFR1 & _BV(TOV1)) != 0 && ticks.low < 0x8000) ticks.high++;
  SREG = status;
  return ticks.all;
}

uint8_t board_time(void) { return (uint8_t)overflows; }

/* Of which the agent looks at the lowest bits; a step for a few milliseconds is near enough. */
uint32_t hal_millis(void) { return board_time() * (BOARD_STEP_US / 1000u); }

uint32_t hal_stack_peak(void) {
  const uint8_t* p = &_end;
  while (*p == PAINT) p++;
  return (uint32_t)(RAMEND + 1 - (uint16_t)p);
}

uint16_t hal_boot_entropy(void) {
  starts = (uint16_t)(starts * 25173u + 13849u);
  return starts;
}

void hal_reset(void) {
  wdt_enable(WDTO_15MS);
  for (;;) continue;
}
