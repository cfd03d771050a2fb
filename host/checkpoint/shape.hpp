// SPDX-License-Identifier: MIT
// The shapes that this program accepts, and what they cost. The limits are those of proto/IMAGE.md, so that
// whatever is read can be stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "checkpoint/float_model.hpp"

namespace mcullm::checkpoint {

inline constexpr int max_context = 65536;  // of a float model; a model image holds 4096

// The first field of a shape that breaks its rule.
struct ShapeFault {
  std::string_view field;
  std::int64_t found = 0;
  std::string rule;  // "1..64"
};

auto shape_fault(const ModelShape& shape) -> std::optional<ShapeFault>;

// Multiplications with a weight for one token, and those of attention over that many positions.
auto weight_macs(const ModelShape& shape) -> std::uint64_t;
auto attention_macs(const ModelShape& shape, int positions) -> std::uint64_t;

}  // namespace mcullm::checkpoint
