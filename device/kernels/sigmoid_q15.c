/* SPDX-License-Identifier: MIT */
#include "kernels/kernels.h"
#include "proto/rom.h"

/* round(32768 / (1 + e^(-k/8))) */
static MCL_ROM uint16_t positive[65] = {
    16384, 17407, 18421, 19420, 20397, 21344, 22255, 23127, 23955, 24737, 25471, 26155, 26790,
    27377, 27917, 28411, 28862, 29272, 29644, 29979, 30282, 30555, 30799, 31018, 31214, 31389,
    31545, 31684, 31807, 31917, 32015, 32102, 32179, 32247, 32307, 32361, 32408, 32450, 32487,
    32520, 32549, 32574, 32597, 32617, 32635, 32650, 32664, 32676, 32687, 32696, 32705, 32712,
    32719, 32725, 32730, 32734, 32738, 32742, 32745, 32747, 32750, 32752, 32754, 32756, 32757,
};

uint16_t sigmoid_q15(int16_t g, uint8_t gate_frac) {
  const uint16_t magnitude = (uint16_t)(g < 0 ? -(int32_t)g : (int32_t)g);
  const uint32_t a = (uint32_t)magnitude << (12u - gate_frac);
  const uint32_t k = a >> 9;
  const uint16_t r = (uint16_t)(a & 511u);
  uint16_t v = positive[64];
  if (k < 64) {
    const uint16_t step = (uint16_t)(positive[k + 1u] - positive[k]);
    v = (uint16_t)(positive[k] + (((uint32_t)step * r + 256u) >> 9));
  }
  return g < 0 ? (uint16_t)(32768u - v) : v;
}
