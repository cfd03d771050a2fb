/* SPDX-License-Identifier: MIT */
/* Consistent overhead byte stuffing (Cheshire and Baker): any bytes to bytes without zero. */
#ifndef MCL_COBS_H
#define MCL_COBS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Most bytes that n bytes become. */
#define MCL_COBS_MAX(n) ((n) + (n) / 254u + 1u)

/* Encodes n bytes of `in` to `out` (room for MCL_COBS_MAX(n)). Returns the encoded length.
 * `in` may be the last n bytes of that room: reading stays ahead of writing. */
size_t mcl_cobs_encode(uint8_t* out, const uint8_t* in, size_t n);

/* Decodes byte by byte. Zero before the first one. */
typedef struct {
  uint8_t code; /* of the block in work; 0: none has begun */
  uint8_t left; /* its bytes to come */
} mcl_cobs_decoder_t;

/* Takes a byte, not zero. Returns the decoded byte that it brings, or -1. */
int mcl_cobs_decode(mcl_cobs_decoder_t* decoder, uint8_t byte);
/* Whether what was taken is a whole encoding. */
static inline int mcl_cobs_is_whole(const mcl_cobs_decoder_t* decoder) {
  return decoder->code != 0 && decoder->left == 0;
}

#ifdef __cplusplus
}
#endif

#endif
