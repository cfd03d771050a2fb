// SPDX-License-Identifier: MIT
// The knock that boards with native USB know since the Arduino Leonardo: a port opened at 1200 baud and
// closed again tells the program there to start the boot loader.
#pragma once

#include <string>

#include "base/result.hpp"

namespace mcullm::link {

// Exit::no_device when the port cannot be opened.
auto touch_into_boot_loader(const std::string& path) -> Result<Ok>;

}  // namespace mcullm::link
