// SPDX-License-Identifier: MIT
// The unit of every integer of a token: what one step of it is worth in the float model. Devices never see
// units, they vanish in multipliers, gains and shifts. All of int16 is used up to a headroom over the
// calibrated range.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "checkpoint/float_model.hpp"
#include "image/model_image.hpp"
#include "quant/calibration.hpp"
#include "quant/matrix_rounding.hpp"

namespace mcullm::quant {

// Norm gains as the device multiplies with them.
struct FixedGains {
  std::vector<std::int16_t> gains;
  int shift = 0;
};

struct LayerUnits {
  double att_norm = 1, v = 1, ffn_norm = 1, up = 1, hidden = 1;
  std::vector<double> q,
      k;  // one per rotary pair: (dim/2), (kv_dim/2); k is the unit before the cache rounds it
  std::vector<std::int16_t> k_centre;  // (kv_dim), in units of k
  int hidden_shift = 0;
};

// fractional bits of normalised values: 15 - ceil(log2(dim) / 2)
auto norm_frac(int dim) -> int;

// fractional bits of the residual, 8..20. Nothing when `greatest` is out of reach.
auto resid_frac(double greatest) -> std::optional<int>;

// fractional bits of the gate, 8..12, for all layers. Nothing when `greatest` is out of reach.
auto gate_frac(double greatest) -> std::optional<int>;

// The unit of a norm's output, from its calibrated range and its provable one.
auto norm_unit(double range, std::span<const float> gains, int dim) -> double;
auto fixed_gains(std::span<const float> gains, double unit, int norm_frac) -> FixedGains;

auto layer_units(const LayerStatistics& statistics, const checkpoint::FloatModel& model, int layer,
                 image::KvFormat kv_format, int gate_frac) -> LayerUnits;

// How the classifier's rows, the final norm and, when shared, the embedding go together: multipliers are
// worth 2^-grid_bits, the final norm's unit is 2^-final_frac.
struct ClassifierGrid {
  int grid_bits = 0, final_frac = 0, shift = 8;
};

// The combination with the least noise in the logits. `resid_frac` when the matrix is the embedding too.
// Nothing when no combination fits.
auto classifier_grid(const MatrixSource& source, int bits, double final_unit, const SecondMoments& inputs,
                     int tokens, std::optional<int> resid_frac) -> std::optional<ClassifierGrid>;

}  // namespace mcullm::quant
