/* SPDX-License-Identifier: MIT */
/* Dot products of 4-byte words of weights, without taking the words apart.
 *
 * A word W holds the weights w0..w3 of four columns. With the sign bits of w0..w2 flipped its bytes are u0 =
 * w0 + 128, u1, u2 and w3, of which only the last has a sign, and W >> 8j is u[j] + 2^8 u[j+1] + ... +
 * 2^8(3-j) w3: what is above byte j comes along. It is taken back by other factors than x: with
 *
 *   y[0] = x[0],   y[j] = x[j] - 2^8 x[j-1]
 *
 * the sum over j of (W >> 8j) * y[j] is u0 x0 + u1 x1 + u2 x2 + w3 x3, modulo 2^32, which is all that is
 * wanted. So a product takes a shift, a multiplication and an addition; no byte is cut out, no sign is
 * extended. What the flipped bits add, 128 times the x of their columns, is the same for all rows. Eight
 * weights of 4 bits are the same with 2^4 and 8. */
#ifndef ARMV6M_DOT_WORDS_H
#define ARMV6M_DOT_WORDS_H

#include <stdint.h>

#define DOT_SIGNS_S8 0x00808080u /* the sign bits that are flipped */
#define DOT_SIGNS_S4 0x08888888u

enum { DOT_WORDS_COLS = 256 }; /* columns at a stretch; a multiple of 8 */

/* Shape of a piece of a matrix: `words` of each row, rows row_bytes apart, two of them to a block and 4 bytes
 * of multipliers behind. */
typedef struct {
  uint32_t words; /* at least 1 */
  uint32_t row_bytes;
  uint32_t blocks; /* at least 1 */
} dot_words_t;

/* y (cols, rounded up to whole words) of x (cols). Returns what the sums will be too large by. */
int32_t dot_prepare_s8(int32_t* y, const int16_t* x, uint16_t cols);
int32_t dot_prepare_s4(int32_t* y, const int16_t* x, uint16_t cols);

/* acc (2 * blocks) grows by the products, modulo 2^32. */
void dot_words_s8(int32_t* acc, const uint8_t* rows, const int32_t* y, const dot_words_t* shape);
void dot_words_s4(int32_t* acc, const uint8_t* rows, const int32_t* y, const dot_words_t* shape);
/* The same with weights whose sign bits were flipped before. */
void dot_flipped_s8(int32_t* acc, const uint8_t* rows, const int32_t* y, const dot_words_t* shape);
void dot_flipped_s4(int32_t* acc, const uint8_t* rows, const int32_t* y, const dot_words_t* shape);

#endif
