/* SPDX-License-Identifier: MIT */
/* Little-endian integers in byte arrays; layouts are written byte by byte, never by casting a struct. */
#ifndef MCL_BYTES_H
#define MCL_BYTES_H

#include <stdint.h>

#if defined(__x86_64__) || defined(__aarch64__) || defined(__AVR__) || defined(__ARM_FEATURE_UNALIGNED)

/* The same bytes by one load or store, on processors with this order that read from any address; for others a
 * compiler makes calls of memcpy from this. */
#define MCL_BYTES_ACCESS(type, name)                                                               \
  static inline void mcl_put_##name(uint8_t* p, type##_t v) { __builtin_memcpy(p, &v, sizeof v); } \
  static inline type##_t mcl_get_##name(const uint8_t* p) {                                        \
    type##_t v;                                                                                    \
    __builtin_memcpy(&v, p, sizeof v);                                                             \
    return v;                                                                                      \
  }
MCL_BYTES_ACCESS(uint16, u16)
MCL_BYTES_ACCESS(uint32, u32)
MCL_BYTES_ACCESS(uint64, u64)
#undef MCL_BYTES_ACCESS

#else

static inline void mcl_put_u16(uint8_t* p, uint16_t v) {
  p[0] = (uint8_t)v;
  p[1] = (uint8_t)(v >> 8);
}

static inline void mcl_put_u32(uint8_t* p, uint32_t v) {
  mcl_put_u16(p, (uint16_t)v);
  mcl_put_u16(p + 2, (uint16_t)(v >> 16));
}

static inline void mcl_put_u64(uint8_t* p, uint64_t v) {
  mcl_put_u32(p, (uint32_t)v);
  mcl_put_u32(p + 4, (uint32_t)(v >> 32));
}

static inline uint16_t mcl_get_u16(const uint8_t* p) {
  return (uint16_t)(p[0] | (uint16_t)((uint16_t)p[1] << 8));
}

static inline uint32_t mcl_get_u32(const uint8_t* p) {
  return mcl_get_u16(p) | (uint32_t)mcl_get_u16(p + 2) << 16;
}

static inline uint64_t mcl_get_u64(const uint8_t* p) {
  return mcl_get_u32(p) | (uint64_t)mcl_get_u32(p + 4) << 32;
}

#endif

#endif
