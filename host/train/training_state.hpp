// SPDX-License-Identifier: MIT
// Everything that a later run needs to go on where this one stopped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "train/buffer.hpp"

namespace mcullm::train {

struct TrainingState {
  std::uint64_t recipe = 0;     // fingerprint of options and data; a state only fits its own recipe
  std::uint64_t step = 0;       // steps done
  std::uint64_t tokens = 0;     // trained on so far
  std::uint64_t best_step = 0;  // with the lowest held-out loss so far; 0: none yet
  double best_loss = 0.0;
  Buffer parameters;  // these four have the layout's size
  Buffer mean;        // of the gradient, AdamW
  Buffer variance;
  Buffer best_parameters;
};

auto write_training_state(const TrainingState& state) -> std::vector<std::byte>;

// `name` stands in the error messages. Refuses truncated, oversized or damaged files, and those whose
// size is not `parameters`.
auto parse_training_state(std::span<const std::byte> bytes, std::size_t parameters, std::string_view name)
    -> Result<TrainingState>;

}  // namespace mcullm::train
