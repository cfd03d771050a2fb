/* SPDX-License-Identifier: MIT */
#include <avr/interrupt.h>
#include <avr/io.h>

#include "agent/agent.h"
#include "port/atmega328p/board.h"
#include "port/atmega328p/card.h"
#include "proto/message.h"

enum { ARENA_BYTES = 896 };

static uint8_t memory[AGENT_LINK_BYTES(MCL_HELLO_MAX) + ARENA_BYTES] __attribute__((aligned(8)));

int main(void) {
  board_open();
  uart_open();
  sei();
  (void)card_open();
  agent_init(memory, sizeof memory);
  for (;;) agent_poll();
}
