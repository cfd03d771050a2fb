/* SPDX-License-Identifier: MIT */
#include "cobs.h"

/* A block is its code, then code - 1 bytes, then a zero that is not sent. Code 255 has no such zero, nor has
 * the last block. */
enum { COBS_FULL = 255 };

size_t mcl_cobs_encode(uint8_t* out, const uint8_t* in, size_t n) {
  size_t code_at = 0, used = 1;
  uint8_t code = 1;
  for (size_t i = 0; i < n; i++) {
    const uint8_t byte = in[i];
    if (byte != 0) {
      out[used++] = byte;
      code++;
      /* a full block at the very end needs no empty one after it */
      if (code < COBS_FULL || i + 1 == n) continue;
    }
    out[code_at] = code;
    code_at = used++;
    code = 1;
  }
  out[code_at] = code;
  return used;
}

size_t mcl_cobs_decode(uint8_t* buf, size_t n) {
  size_t from = 0, to = 0;
  while (from < n) {
    const uint8_t code = buf[from++];
    if (code == 0 || code - 1u > n - from) return 0;
    for (uint8_t i = 1; i < code; i++) {
      buf[to++] = buf[from++];
    }
    if (code != COBS_FULL && from < n) buf[to++] = 0;
  }
  return to;
}
