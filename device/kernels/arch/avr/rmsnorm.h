/* SPDX-License-Identifier: MIT */
/* The loops of rmsnorm_s16; n at least 1. */
#ifndef KERNELS_AVR_RMSNORM_H
#define KERNELS_AVR_RMSNORM_H

#include <stdint.h>

/* Binary digits of the greatest |x[i]|. */
uint8_t rmsnorm_bits(const int32_t* x, uint16_t n);
/* h[i] = x[i] shifted right, halves upwards, by `bytes` whole bytes and then by the 1 to 8 bits for which
 * factor is 128 to 1; it fits 15 bits. Returns the sum of the squares. */
uint64_t rmsnorm_scale_down(int16_t* h, const int32_t* x, uint16_t n, uint8_t bytes, uint8_t factor);
/* h[i] = x[i] shifted left. */
uint64_t rmsnorm_scale_up(int16_t* h, const int32_t* x, uint16_t n, uint8_t bits);
/* h[i] = sat16(rsh(h[i] * inv, 16)), inv of 24 bits. */
void rmsnorm_multiply(int16_t* h, uint16_t n, uint32_t inv);

#endif
