// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "proto/message.h"

namespace mcullm::link {

// What a board counts its time in (mcl_hello_t::tick_unit): "cycles", "instructions", "ns"; "" when it counts
// none.
auto tick_name(std::uint8_t unit) -> const char*;

// Their time on the board's clock; nothing where they do not tell it.
auto tick_seconds(const mcl_hello_t& board, std::uint64_t ticks) -> std::optional<double>;

}  // namespace mcullm::link
