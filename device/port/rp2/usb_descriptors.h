/* SPDX-License-Identifier: MIT */
/* What the device says of itself. */
#ifndef PORT_RP2_USB_DESCRIPTORS_H
#define PORT_RP2_USB_DESCRIPTORS_H

#include <stdint.h>

/* Endpoints: notifications, which are never sent, and the two directions of the line. */
enum { USB_NOTIFY = 1, USB_LINE = 2, USB_PACKET = 64, USB_NOTIFY_PACKET = 8 };

/* Reads the board's serial number. */
void usb_descriptors_open(void);
/* The descriptor that a GET_DESCRIPTOR names by its value (type, index), and its bytes. NULL: there is none.
 */
const uint8_t* usb_descriptor(uint16_t value, uint16_t* bytes);

#endif
