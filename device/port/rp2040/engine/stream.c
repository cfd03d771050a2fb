/* SPDX-License-Identifier: MIT */
#include "port/rp2040/engine/stream.h"

#include "port/rp2/registers.h"

enum { CHANNEL = 0 };

static uint32_t copy[STREAM_BYTES / 4];

const uint8_t* stream_open(const uint8_t* from, uint32_t bytes) {
  REGISTER(DMA_READ_ADDRESS(CHANNEL)) = (uint32_t)(uintptr_t)from;
  REGISTER(DMA_WRITE_ADDRESS(CHANNEL)) = (uint32_t)(uintptr_t)copy;
  REGISTER(DMA_COUNT(CHANNEL)) = bytes / 4u;
  REGISTER(DMA_CTRL(CHANNEL)) = DMA_COPY_WORDS(CHANNEL);
  return (const uint8_t*)copy;
}

/* The write address goes on when a word has been written. */
void stream_wait(const uint8_t* end) {
  while (REGISTER(DMA_WRITE_ADDRESS(CHANNEL)) < (uint32_t)(uintptr_t)end) continue;
  __asm__ volatile("" ::: "memory");
}
