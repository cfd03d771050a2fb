/* SPDX-License-Identifier: MIT */
#include "port/rp2/announce.h"

#include <stddef.h>

#include "agent/memory.h"
#include "chip.h"
#include "port/rp2/rp2.h"

enum { DIGITS = 10 }; /* of the largest uint32_t */

static const char* const names[MCL_PART_COUNT] = {
    [MCL_PART_IMAGE] = "model image in flash",
    [MCL_PART_KEPT] = "weights copied to SRAM",
    [MCL_PART_CACHE] = "keys and values",
    [MCL_PART_VECTORS] = "vectors",
    [MCL_PART_LOGITS] = "logits",
    [MCL_PART_LINK] = "frame buffers",
    [MCL_PART_FREE] = "free",
};

static void write_text(const char* text) {
  size_t n = 0;
  while (text[n] != 0) n++;
  uart_write((const uint8_t*)text, (uint16_t)n);
}

static void write_number(uint32_t value) {
  char digits[DIGITS + 1];
  char* at = digits + DIGITS;
  *at = 0;
  do {
    *--at = (char)('0' + value % 10u);
    value /= 10u;
  } while (value != 0);
  write_text(at);
}

void announce(void) {
  static const uint8_t boundary = 0;
  agent_part_t parts[MCL_PART_COUNT];
  const uint8_t count = agent_parts(parts);
  write_text("mcullm on " CHIP_NAME ", bytes:");
  for (uint8_t i = 0; i < count; i++) {
    write_text(i == 0 ? " " : ", ");
    write_text(names[parts[i].part]);
    write_text(" ");
    write_number(parts[i].bytes);
  }
  write_text("\r\n");
  uart_write(&boundary, 1);
}
