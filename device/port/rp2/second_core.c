/* SPDX-License-Identifier: MIT */
#include "port/rp2/second_core.h"

#include <stddef.h>

#include "port/rp2/registers.h"
#include "port/rp2/rp2.h"

/* both cores see it; NULL: nothing to do, or done */
static void (*volatile task)(void);

static void second_core_main(void) {
  for (;;) {
    void (*const work)(void) = task;
    if (work == NULL) {
      __asm__ volatile("wfe");
      continue;
    }
    work();
    __asm__ volatile("dmb" ::: "memory");
    task = NULL;
  }
}

static uint32_t exchange(uint32_t word) {
  while ((REGISTER(SIO_FIFO_STATUS) & SIO_FIFO_READY) == 0) continue;
  REGISTER(SIO_FIFO_WRITE) = word;
  __asm__ volatile("sev");
  while ((REGISTER(SIO_FIFO_STATUS) & SIO_FIFO_VALID) == 0) __asm__ volatile("wfe");
  return REGISTER(SIO_FIFO_READ);
}

/* RP2040 2.8.2, RP2350 5.3: the boot ROM of the other core waits for these words and sends each one back; on
 * another answer it begins again. */
typedef union {
  uint32_t word;
  const void* data;
  void (*code)(void);
} launch_t;
static const launch_t launch[] = {{.word = 0},
                                  {.word = 0},
                                  {.word = 1},
                                  {.data = sram_vectors},
                                  {.data = port_stack1_end},
                                  {.code = second_core_main}};

void second_core_open(void) {
  for (uint8_t i = 0; i < sizeof launch / sizeof launch[0];) {
    const uint32_t word = launch[i].word;
    if (word == 0) {
      while ((REGISTER(SIO_FIFO_STATUS) & SIO_FIFO_VALID) != 0) (void)REGISTER(SIO_FIFO_READ);
      __asm__ volatile("sev");
    }
    i = exchange(word) == word ? (uint8_t)(i + 1) : 0;
  }
}

void second_core_start(void (*work)(void)) {
  __asm__ volatile("dmb" ::: "memory");
  task = work;
  __asm__ volatile("sev" ::: "memory");
}

void second_core_wait(void) {
  while (task != NULL) continue;
  __asm__ volatile("dmb" ::: "memory");
}
