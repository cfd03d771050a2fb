// SPDX-License-Identifier: MIT
// Does a model fit a board, where does each part go, and what would have to change?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "boards/board.hpp"
#include "plan/arena.hpp"
#include "plan/model_size.hpp"

namespace mcullm::plan {

// A part of the model and where it will be.
struct Part {
  std::string what;  // "weights", "keys and values", "vectors", "logits"
  boards::Place place = boards::Place::flash;
  std::uint64_t bytes = 0;
};

// A memory and what the model takes of it.
struct Budget {
  boards::Place place = boards::Place::flash;
  std::uint64_t used_bytes = 0, available_bytes = 0;

  auto fits() const -> bool { return used_bytes <= available_bytes; }
};

struct Fit {
  std::vector<Part> parts;
  std::vector<Budget> budgets;
  bool fits = true;
  int largest_context = 0;             // with these formats; 0: none
  std::vector<std::string> obstacles;  // why it does not fit
  std::vector<std::string>
      remedies;  // each makes it fit: "--kv k8v8", "--context 210"; none: a smaller model
};

auto fit(const ModelSize& model, const boards::Board& board) -> Fit;

}  // namespace mcullm::plan
