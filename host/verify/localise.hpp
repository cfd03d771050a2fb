// SPDX-License-Identifier: MIT
// Which op of a token differs first? The board computes the token again and hands out its intermediate
// vectors (TRACE of proto/WIRE.md); the reference knows what each should be.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "image/model_image.hpp"
#include "link/board.hpp"
#include "reference/observer.hpp"
#include "verify/outcome.hpp"

namespace mcullm::verify {

// Name of an op as WIRE.md's table has it.
auto op_name(mcl_op_t op) -> const char*;

// Keeps every vector of one token or layer, in the order in which they are computed.
class Recorder : public reference::Observer {
 public:
  struct Vector {
    mcl_op_t op;
    int layer;
    std::vector<std::int32_t> values;
  };

  void observe(mcl_op_t op, int layer, std::span<const std::int32_t> values) override;
  auto vectors() const -> const std::vector<Vector>& { return vectors_; }
  void clear() { vectors_.clear(); }

 private:
  std::vector<Vector> vectors_;
};

// Compares the vectors of the board's last run with `recorded`: first the residual after each layer, to find
// the layer, then that layer's ops in order. Nothing when all are equal, and when the agent has no TRACE
// (cannot_trace() tells). `before_trace` runs before every
// TRACE (LAYER wants its input again).
auto first_difference(link::Board& board, const checkpoint::ModelShape& shape, const Recorder& recorded,
                      const std::function<Result<Ok>()>& before_trace) -> Result<std::optional<Mismatch>>;

// The last request was one that this agent was built without: there is nothing to search with.
auto cannot_trace(const link::Board& board) -> bool;

}  // namespace mcullm::verify
