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

/* Decodes n bytes (no zero among them) in place. Returns the decoded length, or 0 if malformed or empty. */
size_t mcl_cobs_decode(uint8_t* buf, size_t n);

#ifdef __cplusplus
}
#endif

#endif
