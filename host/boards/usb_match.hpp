// SPDX-License-Identifier: MIT
// Which boards a USB device may be, by its ids alone.
#pragma once

#include <string>
#include <vector>

#include "boards/board_register.hpp"

namespace mcullm::boards {

struct UsbMatch {
  std::string board;  // id in the register; empty: a bridge that any board may sit behind
  std::string what;   // "Arduino Uno R3"
  bool boot_loader = false;
};

// Boards first, then bridges; none for a device that the register does not know.
auto match_usb(const BoardRegister& known, int vendor, int product) -> std::vector<UsbMatch>;

}  // namespace mcullm::boards
