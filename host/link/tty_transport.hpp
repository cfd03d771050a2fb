// SPDX-License-Identifier: MIT
// A terminal device that is no serial port: the pty of a simulator that somebody started.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "link/transport.hpp"

namespace mcullm::link {

// Exit::no_device when it does not exist, cannot be opened, or is no terminal.
auto open_tty(const std::string& path) -> Result<std::unique_ptr<Transport>>;

}  // namespace mcullm::link
