// SPDX-License-Identifier: MIT
// The shapes that this program accepts: the limits of proto/IMAGE.md, so that whatever is read can be stored.
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

}  // namespace mcullm::checkpoint
