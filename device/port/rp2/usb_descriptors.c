/* SPDX-License-Identifier: MIT */
/* USB 2.0 chapter 9.6; CDC 1.2 and its PSTN subclass 1.2: an abstract control model, as every system has a
 * driver for. */
#include "port/rp2/usb_descriptors.h"

#include <stddef.h>

#include "chip.h"
#include "port/rp2/unique_id.h"

enum { DEVICE = 1, CONFIGURATION, STRING, INTERFACE, ENDPOINT, ASSOCIATION = 11, CLASS = 0x24 };
enum { CDC = 2, CDC_DATA = 10, ACM = 2, BULK = 2, INTERRUPT = 3, IN = 0x80 };
enum { MANUFACTURER = 1, PRODUCT, SERIAL };
enum { CONFIGURATION_BYTES = 75, STRING_MOST = 32 };

#define LE16(v) (uint8_t)((v)&255), (uint8_t)((v) >> 8)

static const uint8_t device[18] = {18,
                                   DEVICE,
                                   LE16(0x200),
                                   0xEF,
                                   2,
                                   1, /* functions that are associations */
                                   USB_PACKET,
                                   LE16(CHIP_USB_VENDOR),
                                   LE16(CHIP_USB_PRODUCT),
                                   LE16(0x100),
                                   MANUFACTURER,
                                   PRODUCT,
                                   SERIAL,
                                   1};

static const uint8_t configuration[CONFIGURATION_BYTES] = {9,
                                                           CONFIGURATION,
                                                           LE16(CONFIGURATION_BYTES),
                                                           2,
                                                           1,
                                                           0,
                                                           0x80,
                                                           50, /* from the bus, 100 mA */
                                                           8,
                                                           ASSOCIATION,
                                                           0,
                                                           2,
                                                           CDC,
                                                           ACM,
                                                           0,
                                                           0,
                                                           9,
                                                           INTERFACE,
                                                           0,
                                                           0,
                                                           1,
                                                           CDC,
                                                           ACM,
                                                           0,
                                                           0,
                                                           5,
                                                           CLASS,
                                                           0,
                                                           LE16(0x110),
                                                           5,
                                                           CLASS,
                                                           1,
                                                           0,
                                                           1, /* no call management */
                                                           4,
                                                           CLASS,
                                                           2,
                                                           2, /* line coding and line state */
                                                           5,
                                                           CLASS,
                                                           6,
                                                           0,
                                                           1,
                                                           7,
                                                           ENDPOINT,
                                                           IN | USB_NOTIFY,
                                                           INTERRUPT,
                                                           LE16(USB_NOTIFY_PACKET),
                                                           16,
                                                           9,
                                                           INTERFACE,
                                                           1,
                                                           0,
                                                           2,
                                                           CDC_DATA,
                                                           0,
                                                           0,
                                                           0,
                                                           7,
                                                           ENDPOINT,
                                                           USB_LINE,
                                                           BULK,
                                                           LE16(USB_PACKET),
                                                           0,
                                                           7,
                                                           ENDPOINT,
                                                           IN | USB_LINE,
                                                           BULK,
                                                           LE16(USB_PACKET),
                                                           0};

static const uint8_t languages[4] = {4, STRING, LE16(0x409)};
/* by which a person's computer, and `--port id:SERIAL`, tells two boards from each other */
static char serial[2 * UNIQUE_ID_BYTES + 1];
static const char* const texts[] = {"", "mcullm", "mcullm agent (" CHIP_NAME ")", serial};

void usb_descriptors_open(void) {
  static const char digits[] = "0123456789ABCDEF";
  uint8_t id[UNIQUE_ID_BYTES];
  chip_unique_id(id);
  for (uint8_t i = 0; i < UNIQUE_ID_BYTES; i++) {
    serial[2 * i] = digits[id[i] >> 4];
    serial[2 * i + 1] = digits[id[i] & 15u];
  }
}

/* in UTF-16 */
static const uint8_t* string(uint8_t index, uint16_t* bytes) {
  static uint8_t built[2 + 2 * STRING_MOST];
  if (index == 0) {
    *bytes = sizeof languages;
    return languages;
  }
  if (index >= sizeof texts / sizeof texts[0]) return NULL;
  uint8_t n = 2;
  for (const char* c = texts[index]; *c != 0 && n < sizeof built; c++) {
    built[n++] = (uint8_t)*c;
    built[n++] = 0;
  }
  built[0] = n;
  built[1] = STRING;
  *bytes = n;
  return built;
}

const uint8_t* usb_descriptor(uint16_t value, uint16_t* bytes) {
  switch (value >> 8) {
    case DEVICE:
      *bytes = sizeof device;
      return device;
    case CONFIGURATION:
      *bytes = sizeof configuration;
      return configuration;
    case STRING:
      return string((uint8_t)value, bytes);
    default:
      return NULL;
  }
}
