/* SPDX-License-Identifier: MIT */
#include "port/bare_metal/serial_link.h"

#include "hal/hal.h"

/* A request and a repeat of it, before the first byte is looked at: the host sends one frame at a time. */
#ifndef SERIAL_RING_BYTES
#define SERIAL_RING_BYTES 4096u
#endif

/* One writer, the interrupt, and one reader: each changes its own end only. */
static struct {
  volatile uint16_t head, tail; /* where the next byte is put, and taken */
  volatile uint32_t overruns;
  uint8_t bytes[SERIAL_RING_BYTES];
} ring;

static uint16_t after(uint16_t at) { return (uint16_t)((at + 1u) % SERIAL_RING_BYTES); }

void serial_received(uint8_t byte) {
  const uint16_t head = ring.head;
  if (after(head) == ring.tail) {
    ring.overruns++;
    return;
  }
  ring.bytes[head] = byte;
  __asm__ volatile("" ::: "memory"); /* the byte stands before it is announced */
  ring.head = after(head);
}

void serial_lost(void) { ring.overruns++; }

bool serial_waiting(void) { return ring.tail != ring.head; }

uint16_t hal_link_read(uint8_t* buf, uint16_t n) {
  uint16_t taken = 0;
  uint16_t tail = ring.tail;
  const uint16_t head = ring.head;
  __asm__ volatile("" ::: "memory");
  while (taken < n && tail != head) {
    buf[taken++] = ring.bytes[tail];
    tail = after(tail);
  }
  __asm__ volatile("" ::: "memory");
  ring.tail = tail;
  return taken;
}

void hal_link_write(const uint8_t* buf, uint16_t n) {
  for (uint16_t i = 0; i < n; i++) uart_put(buf[i]);
}

uint32_t hal_link_overruns(void) { return ring.overruns; }
