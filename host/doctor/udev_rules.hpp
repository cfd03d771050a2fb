// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "boards/board_register.hpp"

namespace mcullm::doctor {

// Rules for Linux's udev: whoever sits at the computer may use the boards of the register, and ModemManager
// leaves them alone. host/share/60-mcullm.rules is this text for the built-in register.
auto udev_rules(const boards::BoardRegister& known) -> std::string;

}  // namespace mcullm::doctor
