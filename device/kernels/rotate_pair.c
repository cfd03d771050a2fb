/* SPDX-License-Identifier: MIT */
#include "kernels/kernels.h"

void rotate_pair(int32_t turned[2], const int16_t pair[2], int16_t sn, int16_t cs) {
  const int32_t a = pair[0], b = pair[1];
  turned[0] = a * cs - b * sn;
  turned[1] = a * sn + b * cs;
}
