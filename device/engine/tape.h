/* SPDX-License-Identifier: MIT */
/* The weights as a tape: read in the order in which a token consumes them, from wherever the image is.
 * tape_mapped.c reads an image that stands in memory; a port whose image is on a card links its own version
 * of these functions. */
#ifndef ENGINE_TAPE_H
#define ENGINE_TAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/image.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const uint8_t* image; /* NULL where the image is not in memory */
  uint32_t at;          /* offset of the next byte in the image */
} tape_t;

/* A block of a matrix (IMAGE.md section 2), multiplied. */
typedef struct {
  int32_t acc[2]; /* row times x */
  uint16_t multiplier[2];
} tape_pair_t;

/* false: this port cannot read the image where it is. */
bool tape_open(tape_t* tape);

/* A model was loaded and leaves these bytes free: the tape may keep a part of the image there, at their end,
 * for as long as the model runs. tape_kept tells how many bytes it took. tape_keep.c takes none. */
#ifndef MCL_LEAN /* on a chip without memory to spare */
void tape_keep(const tape_t* tape, const mcl_image_header_t* model, uint8_t* memory, uint32_t bytes);
uint32_t tape_kept(void);
#else
static inline void tape_keep(const tape_t* tape, const mcl_image_header_t* model, uint8_t* memory,
                             uint32_t bytes) {
  (void)tape;
  (void)model;
  (void)memory;
  (void)bytes;
}
static inline uint32_t tape_kept(void) { return 0; }
#endif

/* After a failed read everything read is zero; this stays true until the next tape_open. */
bool tape_failed(const tape_t* tape);

void tape_seek(tape_t* tape, uint32_t offset);

/* The next n bytes as they are, or n int16. */
void tape_read(tape_t* tape, void* to, uint16_t n);
void tape_s16(tape_t* tape, int16_t* to, uint16_t n);

/* a (n) times the next n int16, each product rsh by `shift` (0..30) and saturated. */
void tape_gains(tape_t* tape, int16_t* a, uint16_t n, uint8_t shift);

/* The next block's two rows times x (cols): the one place where a token spends its time. */
void tape_pair(tape_t* tape, tape_pair_t* pair, const int16_t* x, uint16_t cols, uint8_t bits);

#ifdef __cplusplus
}
#endif

#endif
