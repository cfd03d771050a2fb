/* SPDX-License-Identifier: MIT */
/* port/template/chip.h on this computer: the serial line is standard input and output. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <sys/random.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "agent/agent.h"
#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"
#include "port/template/chip.h"

enum { ARENA_BYTES = 65536, CYCLES_PER_MICROSECOND = 16, NEVER = -1, NOT = 0 };

static uint8_t arena[ARENA_BYTES] __attribute__((aligned(8)));

void chip_open(void) {
  struct termios terminal;
  if (tcgetattr(STDIN_FILENO, &terminal) != 0) return;
  cfmakeraw(&terminal);
  tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
}

static int waiting(int patience_ms) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  return poll(&input, 1, patience_ms) > 0;
}

int chip_receive(void) {
  uint8_t byte;
  if (!waiting(NOT)) return -1;
  if (read(STDIN_FILENO, &byte, 1) != 1) exit(0); /* the host is gone */
  return byte;
}

void chip_send(uint8_t byte) {
  if (write(STDOUT_FILENO, &byte, 1) != 1) exit(0);
}

uint32_t chip_cycles(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint32_t)((uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u) * CYCLES_PER_MICROSECOND;
}

void hal_reset(void) {
  execv("/proc/self/exe", (char*[]){"template_agent", NULL});
  exit(1);
}

uint16_t hal_boot_entropy(void) {
  uint16_t entropy = 0;
  return getrandom(&entropy, sizeof entropy, 0) == sizeof entropy ? entropy : (uint16_t)getpid();
}

uint32_t hal_stack_peak(void) { return 0; }

int main(void) {
  board_open();
  agent_init(arena, sizeof arena);
  for (;;) {
    if (!agent_poll()) waiting(NEVER);
  }
}
