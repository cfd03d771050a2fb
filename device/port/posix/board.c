/* SPDX-License-Identifier: MIT */
/* Description, clocks and restart of a board that is a process. */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "hal/hal.h"
#include "port/posix/posix.h"

static const posix_options_t* options;
static char** arguments;

void posix_board_open(const posix_options_t* chosen, char** argv) {
  options = chosen;
  arguments = argv;
}

void hal_board(hal_board_t* board) {
  *board = (hal_board_t){.name = "native",
                         .clock_hz = 1000000000,
                         .tick_unit = MCL_TICKS_NANOSECONDS,
                         .max_payload = options->max_payload,
                         .store_bytes = posix_store_bytes(),
                         .erase_bytes = POSIX_ERASE_BYTES,
                         .check_at_start = true};
}

static uint64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint32_t hal_millis(void) { return (uint32_t)(nanoseconds() / 1000000u); }

uint32_t hal_ticks(void) { return (uint32_t)nanoseconds(); }

uint32_t hal_stack_peak(void) { return 0; }

uint16_t hal_boot_entropy(void) {
  uint16_t value;
  if (getentropy(&value, sizeof value) == 0) return value;
  return (uint16_t)(nanoseconds() ^ (uint64_t)getpid());
}

/* A new life of the same program: memory is lost, descriptors and the store remain. */
void hal_reset(void) {
  posix_link_flush();
  execv("/proc/self/exe", arguments);
  exit(1);
}
