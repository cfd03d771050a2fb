/* SPDX-License-Identifier: MIT */
/* Description, clock, stack and restart of an ATmega328P. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>

#include "hal/hal.h"
#include "port/atmega328p/board.h"
#include "port/atmega328p/card.h"
#include "proto/frame.h"

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

void hal_board(hal_board_t* board) {
  /* half of the card is the store, the other half the cache's */
  const uint32_t blocks = card_blocks() / 2;
  *board = (hal_board_t){.name = "atmega328p",
                         .clock_hz = F_CPU,
                         .tick_unit = MCL_TICKS_CYCLES,
                         .max_payload = MAX_PAYLOAD,
                         .store_bytes = (blocks < (1ul << 22) ? blocks : 1ul << 22) * CARD_BLOCK_BYTES,
                         .erase_bytes = CARD_BLOCK_BYTES,
                         .check_at_start = false};
}

uint32_t hal_ticks(void) {
  const uint8_t status = SREG;
  cli();
  const uint16_t low = TCNT1;
  uint16_t high = overflows;
  if ((TIFR1 & _BV(TOV1)) != 0 && low < 0x8000) high++;
  SREG = status;
  return (uint32_t)high << 16 | low;
}

/* In steps of 4096 microseconds: near enough for the agent. */
uint32_t hal_millis(void) { return overflows * 4u; }

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
