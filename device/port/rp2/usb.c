/* SPDX-License-Identifier: MIT */
/* The USB device controller (4.1) and the requests of the control endpoint (USB 2.0 chapter 9.4, CDC
 * PSTN 6.3). All by interrupt. */
#include "port/rp2/usb.h"

#include <stddef.h>

#include "port/rp2/registers.h"
#include "port/rp2/rom.h"
#include "port/rp2/rp2.h"
#include "port/rp2/usb_descriptors.h"

enum {
  GET_STATUS = 0x00,
  CLEAR_FEATURE = 0x01,
  SET_ADDRESS = 0x05,
  GET_DESCRIPTOR = 0x06,
  GET_CONFIGURATION = 0x08,
  SET_CONFIGURATION = 0x09,
  GET_INTERFACE = 0x0A,
  SET_INTERFACE = 0x0B,
  SET_LINE_CODING = 0x20,
  GET_LINE_CODING = 0x21,
  SET_CONTROL_LINE_STATE = 0x22,
  SEND_BREAK = 0x23,
};
enum { TO_HOST = 0x80, CLASS_REQUEST = 0x20, TYPE_MASK = 0x60, DTR = 1, LINE_CODING_BYTES = 7 };
enum { TOUCH_BAUD = 1200 }; /* "restart into your boot loader", as on many boards */

/* buffers in the shared memory, behind its tables */
enum { EP0_BUFFER = 0x100, NOTIFY_BUFFER = 0x180, LINE_IN_BUFFER = 0x1C0, LINE_OUT_BUFFER = 0x200 };

typedef struct {
  uint8_t type, request;
  uint16_t value, index, length;
} setup_t;

static struct {
  const uint8_t* data; /* of the control transfer, still to be sent */
  uint16_t left;
  bool data1;          /* of its next packet */
  bool short_end;      /* an empty packet tells the host that there is no more */
  bool coding_to_come; /* the data of SET_LINE_CODING */
  uint8_t address;     /* takes effect when the request is answered; 0: none */
  uint8_t configuration;
  bool boot_loader; /* restart when the request is answered */
} control;

/* rate (little-endian), stop bits, parity, data bits: nothing here depends on them */
static uint8_t line_coding[LINE_CODING_BYTES] = {0x00, 0xC2, 0x01, 0x00, 0, 0, 8};

void usb_interrupt(void);

volatile uint8_t* usb_buffer(uint8_t endpoint, bool out) {
  const uint32_t at =
      endpoint == 0 ? (uint32_t)EP0_BUFFER : (out ? (uint32_t)LINE_OUT_BUFFER : (uint32_t)LINE_IN_BUFFER);
  return (volatile uint8_t*)(uintptr_t)(USB_MEMORY + at);
}

/* 4.1.2.5.1: the controller runs on another clock; what AVAILABLE announces must have stood there for a
 * while. */
void usb_offer(uint8_t endpoint, bool out, uint32_t bytes, bool data1) {
  const uint32_t value = bytes | (out ? 0 : USB_BUFFER_FULL) | (data1 ? USB_BUFFER_DATA1 : 0);
  REGISTER(USB_BUFFER_CTRL(endpoint, out)) = value;
  for (uint8_t i = 0; i < 4; i++) __asm__ volatile("nop\n nop\n nop");
  REGISTER(USB_BUFFER_CTRL(endpoint, out)) = value | USB_BUFFER_AVAILABLE;
}

static void send_next(void) {
  const uint16_t n = control.left < USB_PACKET ? control.left : (uint16_t)USB_PACKET;
  volatile uint8_t* const to = usb_buffer(0, false);
  for (uint16_t i = 0; i < n; i++) to[i] = control.data[i];
  control.data += n;
  control.left = (uint16_t)(control.left - n);
  if (n < USB_PACKET) control.short_end = false;
  usb_offer(0, false, n, control.data1);
  control.data1 = !control.data1;
}

static void answer(const uint8_t* data, uint16_t bytes, uint16_t wanted) {
  control.data = data;
  control.left = bytes < wanted ? bytes : wanted;
  control.short_end = bytes < wanted;
  send_next();
  if (wanted != 0) usb_offer(0, true, 0, true); /* the host says thank you */
}

static void acknowledge(void) { answer(NULL, 0, 0); }

static void stall(void) {
  REGISTER(USB_STALL_ARM) = 3;
  REGISTER(USB_BUFFER_CTRL(0, false)) = USB_BUFFER_STALL;
  REGISTER(USB_BUFFER_CTRL(0, true)) = USB_BUFFER_STALL;
}

static void configure(uint8_t value) {
  control.configuration = value;
  REGISTER(USB_ENDPOINT_CTRL(USB_NOTIFY, false)) =
      USB_ENDPOINT_ENABLE | USB_ENDPOINT_INTERRUPTS | USB_ENDPOINT_TYPE(3u) | NOTIFY_BUFFER;
  REGISTER(USB_ENDPOINT_CTRL(USB_LINE, false)) =
      USB_ENDPOINT_ENABLE | USB_ENDPOINT_INTERRUPTS | USB_ENDPOINT_TYPE(2u) | LINE_IN_BUFFER;
  REGISTER(USB_ENDPOINT_CTRL(USB_LINE, true)) =
      USB_ENDPOINT_ENABLE | USB_ENDPOINT_INTERRUPTS | USB_ENDPOINT_TYPE(2u) | LINE_OUT_BUFFER;
  usb_line_open(value != 0);
}

static void class_request(const setup_t* setup) {
  switch (setup->request) {
    case SET_LINE_CODING:
      if (setup->length != LINE_CODING_BYTES) break;
      control.coding_to_come = true;
      usb_offer(0, true, LINE_CODING_BYTES, true);
      return;
    case GET_LINE_CODING:
      answer(line_coding, LINE_CODING_BYTES, setup->length);
      return;
    case SET_CONTROL_LINE_STATE:
      usb_line_state((setup->value & DTR) != 0);
      acknowledge();
      return;
    case SEND_BREAK:
      acknowledge();
      return;
    default:
      break;
  }
  stall();
}

static void standard_request(const setup_t* setup) {
  static const uint8_t zeros[2];
  uint16_t bytes;
  const uint8_t* descriptor;
  switch (setup->request) {
    case GET_STATUS:
      answer(zeros, 2, setup->length);
      return;
    case GET_INTERFACE:
      answer(zeros, 1, setup->length);
      return;
    case SET_ADDRESS:
      control.address = (uint8_t)(setup->value & 127u);
      acknowledge();
      return;
    case GET_DESCRIPTOR:
      descriptor = usb_descriptor(setup->value, &bytes);
      if (descriptor == NULL) break;
      answer(descriptor, bytes, setup->length);
      return;
    case GET_CONFIGURATION:
      answer(&control.configuration, 1, setup->length);
      return;
    case SET_CONFIGURATION:
      if (setup->value > 1) break;
      configure((uint8_t)setup->value);
      acknowledge();
      return;
    case CLEAR_FEATURE: /* an endpoint's halt, of which we have none: its data begin anew */
    case SET_INTERFACE:
      if (control.configuration != 0) usb_line_open(true);
      acknowledge();
      return;
    default:
      break;
  }
  stall();
}

static void take_setup(void) {
  const volatile uint8_t* const from = (const volatile uint8_t*)(uintptr_t)USB_MEMORY;
  const setup_t setup = {from[0], from[1], (uint16_t)(from[2] | from[3] << 8),
                         (uint16_t)(from[4] | from[5] << 8), (uint16_t)(from[6] | from[7] << 8)};
  control.data1 = true;
  control.left = 0;
  control.short_end = false;
  control.coding_to_come = false;
  if ((setup.type & TYPE_MASK) == CLASS_REQUEST) {
    class_request(&setup);
  } else if ((setup.type & TYPE_MASK) == 0) {
    standard_request(&setup);
  } else {
    stall();
  }
}

static void take_line_coding(void) {
  const volatile uint8_t* const from = usb_buffer(0, true);
  control.coding_to_come = false;
  for (uint8_t i = 0; i < LINE_CODING_BYTES; i++) line_coding[i] = from[i];
  const uint32_t baud = (uint32_t)line_coding[0] | (uint32_t)line_coding[1] << 8 |
                        (uint32_t)line_coding[2] << 16 | (uint32_t)line_coding[3] << 24;
  control.boot_loader = baud == TOUCH_BAUD;
  acknowledge();
}

/* A packet of the control endpoint went out. */
static void control_sent(void) {
  if (control.address != 0) {
    REGISTER(USB_ADDRESS) = control.address;
    control.address = 0;
  }
  if (control.left != 0 || control.short_end) send_next();
  if (control.boot_loader) rom_boot_loader();
}

static void take_buffers(uint32_t buffers) {
  if ((buffers & USB_BUFFER_BIT(0u, false)) != 0) control_sent();
  if ((buffers & USB_BUFFER_BIT(0u, true)) != 0 && control.coding_to_come) take_line_coding();
  if ((buffers & USB_BUFFER_BIT(USB_LINE, false)) != 0) usb_line_sent();
  if ((buffers & USB_BUFFER_BIT(USB_LINE, true)) != 0) {
    usb_line_received(REGISTER(USB_BUFFER_CTRL(USB_LINE, true)) & USB_BUFFER_LENGTH);
  }
}

void usb_interrupt(void) {
  const uint32_t reasons = REGISTER(USB_INTERRUPTS);
  if ((reasons & USB_INT_BUS_RESET) != 0) {
    REGISTER(USB_SIE_STATUS) = USB_SIE_BUS_RESET;
    REGISTER(USB_ADDRESS) = 0;
    control.configuration = 0;
    usb_line_open(false);
  }
  if ((reasons & USB_INT_BUFFER) != 0) {
    const uint32_t buffers = REGISTER(USB_BUFFER_STATUS);
    REGISTER(USB_BUFFER_STATUS) = buffers;
    take_buffers(buffers);
  }
  if ((reasons & USB_INT_SETUP) != 0) {
    REGISTER(USB_SIE_STATUS) = USB_SIE_SETUP;
    take_setup();
  }
}

void usb_open(void) {
  resets_release(RESET_USB);
  for (uint32_t at = 0; at < EP0_BUFFER; at += 4) REGISTER(USB_MEMORY + at) = 0;
  REGISTER(USB_MUXING) = USB_MUXING_TO_PHY;
  REGISTER(USB_POWER) = USB_POWER_VBUS_THERE;
  REGISTER(USB_MAIN_CTRL) = USB_ENABLE;
  REGISTER(USB_SIE_CTRL) = USB_SIE_EP0_INTERRUPTS;
  REGISTER(USB_INTERRUPTS_ENABLED) = USB_INT_BUFFER | USB_INT_BUS_RESET | USB_INT_SETUP;
  NVIC_ENABLE(IRQ_USB);
  SET_BITS(USB_SIE_CTRL) = USB_SIE_PULLUP; /* the host sees us */
}
