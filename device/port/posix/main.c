/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "agent/agent.h"
#include "port/posix/posix.h"

enum { EXIT_USAGE = 2 };

int main(int argc, char** argv) {
  posix_options_t options;
  if (!posix_options_parse(&options, argc, argv)) return EXIT_USAGE;
  if (!posix_store_open(&options)) return EXIT_FAILURE;
  const size_t bytes = options.arena_bytes + AGENT_LINK_BYTES(options.max_payload);
  uint8_t* memory = calloc(bytes, 1);
  if (memory == NULL) {
    fprintf(stderr, "mcullm-agent-posix: no memory for an arena of %u bytes\n", options.arena_bytes);
    return EXIT_FAILURE;
  }
  posix_board_open(&options, argv);
  posix_link_open();
  agent_init(memory, (uint32_t)bytes);
  for (;;) {
    if (!agent_poll()) posix_link_wait();
  }
}
