// SPDX-License-Identifier: MIT
// A board that was given a program starts anew, and its port with it.
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "base/result.hpp"
#include "boards/board.hpp"

namespace mcullm::flash {

// The serial port of the board once it is there: `port`, or when that is empty the one with the board's USB
// id. Exit::no_device after `patience`.
auto wait_for_port(const boards::Board& board, const std::string& port, std::chrono::milliseconds patience,
                   const std::atomic<bool>* cancel) -> Result<std::string>;

}  // namespace mcullm::flash
