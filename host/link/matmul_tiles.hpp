// SPDX-License-Identifier: MIT
// MATMUL of any size on a board whose workspace holds only a part of the operands.
#pragma once

#include <cstdint>
#include <optional>

#include "link/board.hpp"

namespace mcullm::link {

// Bytes of both operands.
auto operand_bytes(const MatmulShape& shape) -> std::uint64_t;

// The largest tile that fits, halving the longest side again and again; nothing when not even 1x1x1 fits.
auto tile_of(MatmulShape shape, std::uint64_t workspace_bytes) -> std::optional<MatmulShape>;

}  // namespace mcullm::link
