// SPDX-License-Identifier: MIT
// Float image in, model image out: calibrate, choose units, round, try.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "image/model_image.hpp"
#include "quant/saturation.hpp"
#include "quant/stop.hpp"

namespace mcullm::quant {

struct Options {
  int layer_bits = 8;       // 8 or 4, of the matrices inside the layers
  int classifier_bits = 8;  // 8 or 4, of classifier and embedding
  image::KvFormat kv_format = image::KvFormat::k16v8;
  int calibration_tokens = 4096;
  int context = 0;  // of the image, where it shall be shorter than the model's; 0: as long as possible
};

// What one integer step of each vector of a layer is worth in the float model.
struct LayerScales {
  double att_norm = 0, v = 0, ffn_norm = 0, up = 0, hidden = 0;
};

struct Report {
  std::uint64_t weights = 0;     // numbers in matrices
  double bits_per_weight = 0.0;  // with multipliers and padding of rows
  std::vector<image::Section> sections;
  std::uint64_t image_bytes = 0;

  int calibration_tokens = 0, trial_tokens = 0;
  std::vector<Saturation> saturated;  // over the tokens of the trial
  int coarsened_rows = 0;             // rows whose scale was raised to keep their sums within 32 bits
  int context = 0;                    // of the image; at most 4,096, whatever the checkpoint says

  int resid_frac = 0, gate_frac = 0, final_frac = 0;
  std::vector<LayerScales> scales;
};

struct Quantized {
  image::ModelImage image;
  Report report;
};

// Deterministic: the same input gives the same image. Fails with Exit::input when a shape is outside IMAGE.md
// or a value outside what ARITHMETIC.md can hold.
auto quantize(const image::FloatImage& source, const Options& options, const ProgressFn& progress,
              const StopFn& stop = never_stop) -> Result<Quantized>;

}  // namespace mcullm::quant
