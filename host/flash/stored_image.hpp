// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "base/result.hpp"
#include "link/board.hpp"

namespace mcullm::flash {

// Lets the board compute the CRC of each section that it has stored, and compares with its header:
// "layers: CRC 1a2b3c4d, the header has 5e6f7081", or nothing when all agree. Exit::refused when the agent
// has no STORE_READ or STORE_CRC.
auto find_stored_damage(link::Board& board) -> Result<std::string>;

}  // namespace mcullm::flash
