/* SPDX-License-Identifier: MIT */
/* The two halves of the USB device: usb.c has the bus, the control endpoint and the buffers; usb_line.c the
 * bytes. */
#ifndef PORT_RP2_USB_H
#define PORT_RP2_USB_H

#include <stdbool.h>
#include <stdint.h>

/* Gives the controller a buffer of this endpoint: to be sent, or to be filled. */
void usb_offer(uint8_t endpoint, bool out, uint32_t bytes, bool data1);
/* Where that buffer stands. */
volatile uint8_t* usb_buffer(uint8_t endpoint, bool out);

/* The line begins anew, from data 0, or is gone. */
void usb_line_open(bool there);
/* A packet has come, was sent. */
void usb_line_received(uint32_t bytes);
void usb_line_sent(void);
/* Does the host listen? */
void usb_line_state(bool listening);

#endif
