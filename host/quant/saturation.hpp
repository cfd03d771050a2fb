// SPDX-License-Identifier: MIT
// A trial run of a finished image: which of its ranges are met.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/progress.hpp"
#include "image/model_image.hpp"
#include "proto/message.h"
#include "quant/calibration.hpp"

namespace mcullm::quant {

// Values of one op that stand at the end of their range, where clipping cannot be told from coincidence.
struct Saturation {
  mcl_op_t op = MCL_OP_EMBED;
  int layer = 0;
  std::uint64_t at_limit = 0, values = 0;
};

struct TrialRun {
  int tokens = 0;
  std::vector<Saturation> saturated;  // only where at_limit > 0
  double greatest_score = 0.0;        // of the range in which scores do not wrap: 1 is its end
};

// Runs the beginning of each sequence of `text`, `tokens` tokens in all.
auto trial_run(const image::ModelImage& image, std::span<const Tokens> text, int tokens,
               const ProgressFn& progress) -> TrialRun;

}  // namespace mcullm::quant
