/* SPDX-License-Identifier: MIT */
#include "agent/agent.h"
#include "port/rp2/rp2.h"

int main(void) {
  clocks_open();
  board_open();
  uart_open();
  agent_init(port_memory_begin, (uint32_t)(port_memory_end - port_memory_begin));
  for (;;) {
    if (!agent_poll()) link_wait();
  }
}
