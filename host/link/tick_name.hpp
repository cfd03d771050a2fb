// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace mcullm::link {

// What a board counts its time in (mcl_hello_t::tick_unit): "cycles", "instructions", "ns"; "" when it counts
// none.
auto tick_name(std::uint8_t unit) -> const char*;

}  // namespace mcullm::link
