// SPDX-License-Identifier: MIT
// Row-wise symmetric rounding: the one rule for quantization-aware training and for the quantizer.
//
//   scale = max |w| / q_max          q = w / scale, rounded half to even, in -q_max .. q_max
//
// in fp32. A row of zeros has scale 0 and codes 0. Rounding a row that is already q * scale gives the
// same codes again, so a model that was trained with rounding quantizes without loss.
#pragma once

#include <cmath>
#include <span>

namespace mcullm::train {

inline constexpr int int4_q_max = 7;
inline constexpr int int8_q_max = 127;

inline auto row_scale(std::span<const float> row, int q_max) -> float {
  float largest = 0.0F;
  for (const float w : row) largest = std::fmax(largest, std::fabs(w));
  return largest / static_cast<float>(q_max);
}

// The code as a float integer. Adding 1.5 * 2^23 leaves no fraction bits, and the addition itself rounds
// half to even.
inline auto row_code(float w, float scale) -> float {
  if (scale == 0.0F) return 0.0F;
  constexpr float to_integer = 12582912.0F;
  return (w / scale + to_integer) - to_integer;
}

// The row as the quantized model sees it.
inline void round_row(std::span<float> row, int q_max) {
  const float scale = row_scale(row, q_max);
  for (float& w : row) w = row_code(w, scale) * scale;
}

}  // namespace mcullm::train
