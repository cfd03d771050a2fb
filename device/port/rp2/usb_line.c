/* SPDX-License-Identifier: MIT */
/* The bytes of the USB line. Packets that come fill a ring, and when it is full the host waits; what is to go
 * waits for a packet to become full, or for a moment of silence. */
#include "hal/hal.h"
#include "port/rp2/rp2.h"
#include "port/rp2/usb.h"
#include "port/rp2/usb_descriptors.h"

enum { RING_BYTES = 512, PATIENCE_MS = 250 }; /* a power of two */

static struct {
  volatile uint16_t head, tail; /* where the next byte is put, and taken */
  uint8_t bytes[RING_BYTES];
  volatile bool offered; /* the controller has our buffer */
  bool data1;
} in;

static struct {
  volatile bool open, listening; /* the host knows us; a program has the port open */
  volatile bool sending;
  bool data1, full; /* of the last packet: the host waits for more */
  uint8_t used;
  uint8_t bytes[USB_PACKET];
} out;

static uint16_t room(void) { return (uint16_t)((in.tail - in.head - 1u) % RING_BYTES); }

/* With interrupts off, or in one. */
static void offer_input(void) {
  if (in.offered || !out.open || room() < USB_PACKET) return;
  in.offered = true;
  usb_offer(USB_LINE, true, USB_PACKET, in.data1);
  in.data1 = !in.data1;
}

void usb_line_open(bool there) {
  out.open = there;
  out.listening = false;
  out.sending = false;
  out.data1 = false;
  out.full = false;
  out.used = 0;
  in.offered = false;
  in.data1 = false;
  offer_input();
}

void usb_line_state(bool listening) { out.listening = listening; }

void usb_line_received(uint32_t bytes) {
  const volatile uint8_t* const from = usb_buffer(USB_LINE, true);
  in.offered = false;
  for (uint32_t i = 0; i < bytes; i++) {
    in.bytes[in.head] = from[i];
    in.head = (uint16_t)((in.head + 1u) % RING_BYTES);
  }
  offer_input();
}

void usb_line_sent(void) { out.sending = false; }

bool usb_has_input(void) { return in.tail != in.head; }

uint16_t usb_read(uint8_t* buf, uint16_t n) {
  uint16_t taken = 0;
  while (taken < n && usb_has_input()) {
    buf[taken++] = in.bytes[in.tail];
    in.tail = (uint16_t)((in.tail + 1u) % RING_BYTES);
  }
  if (!in.offered) {
    const uint32_t before = interrupts_off();
    offer_input();
    interrupts_restore(before);
  }
  return taken;
}

/* Sends the packet, empty or not, as soon as the one before is gone; a host that does not take it loses it.
 */
static void send(void) {
  const uint32_t start = hal_millis();
  while (out.sending && out.open) {
    if (hal_millis() - start > PATIENCE_MS) out.listening = false;
    if (!out.listening) break;
  }
  const uint32_t before = interrupts_off();
  if (out.open && out.listening && !out.sending) {
    volatile uint8_t* const to = usb_buffer(USB_LINE, false);
    for (uint8_t i = 0; i < out.used; i++) to[i] = out.bytes[i];
    out.sending = true;
    usb_offer(USB_LINE, false, out.used, out.data1);
    out.data1 = !out.data1;
    out.full = out.used == USB_PACKET;
  }
  out.used = 0;
  interrupts_restore(before);
}

void usb_write(const uint8_t* buf, uint16_t n) {
  for (uint16_t i = 0; i < n; i++) {
    out.bytes[out.used++] = buf[i];
    if (out.used == USB_PACKET) send();
  }
}

/* A full packet alone does not end what the host reads: an empty one does. */
void usb_flush(void) {
  if (out.used != 0 || (out.full && !out.sending)) send();
}
