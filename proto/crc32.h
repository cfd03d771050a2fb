/* SPDX-License-Identifier: MIT */
/* CRC-32/IEEE (reflected polynomial 0xEDB88320), the CRC of frames, sections and vectors. */
#ifndef MCL_CRC32_H
#define MCL_CRC32_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Continues a CRC: start with crc = 0; mcl_crc32(mcl_crc32(0, a), b) is the CRC of a followed by b, as in
 * zlib. */
uint32_t mcl_crc32(uint32_t crc, const void* data, size_t n);

/* The CRC of anything followed by its own CRC, little-endian. */
#define MCL_CRC32_RESIDUE ((uint32_t)0x2144DF1C)

#ifdef __cplusplus
}
#endif

#endif
