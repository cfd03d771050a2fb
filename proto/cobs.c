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

int mcl_cobs_decode(mcl_cobs_decoder_t* decoder, uint8_t byte) {
  if (decoder->left != 0) {
    decoder->left--;
    return byte;
  }
  const uint8_t before = decoder->code;
  decoder->code = byte;
  decoder->left = (uint8_t)(byte - 1);
  return before == 0 || before == COBS_FULL ? -1 : 0;
}
