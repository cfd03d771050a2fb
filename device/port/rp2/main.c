/* SPDX-License-Identifier: MIT */
#include "agent/agent.h"
#include "port/bare_metal/bare_metal.h"
#include "port/rp2/announce.h"

int main(void) {
  stack_paint();
  board_open();
  agent_init(bare_arena_start, (uint32_t)(bare_arena_end - bare_arena_start));
  announce();
  for (;;) {
    if (!agent_poll()) board_sleep();
  }
}
