/* SPDX-License-Identifier: MIT */
#include "kernels/kernels.h"
#include "proto/rom.h"

/* round(16384 * sin(pi/2 * k/32)): a quarter of a turn */
static MCL_ROM int16_t quarter[33] = {
    0,     804,   1606,  2404,  3196,  3981,  4756,  5520,  6270,  7005,  7723,
    8423,  9102,  9760,  10394, 11003, 11585, 12140, 12665, 13160, 13623, 14053,
    14449, 14811, 15137, 15426, 15679, 15893, 16069, 16207, 16305, 16364, 16384,
};

int16_t sine_q14(uint32_t phase) {
  const uint32_t quarter_turn = (uint32_t)1 << 30;
  uint32_t p = phase & (quarter_turn - 1u);
  if ((phase & quarter_turn) != 0) p = quarter_turn - p;
  const uint8_t k = (uint8_t)(p >> 25);
  const uint8_t r = (uint8_t)(p >> 17);
  int16_t v = quarter[k];
  /* at the very top, k = 32, r is 0 */
  if (r != 0) v = (int16_t)(v + (((int32_t)(quarter[k + 1] - v) * r + 128) >> 8));
  return (phase >> 31) != 0 ? (int16_t)-v : v;
}
