// SPDX-License-Identifier: MIT
// A serial port, by libserialport: 8 data bits, no parity, one stop bit, no flow control.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "link/transport.hpp"

namespace mcullm::link {

// Does libserialport know this path? It knows no ptys.
auto is_serial_port(const std::string& path) -> bool;

// Opens exclusively and raises DTR, which resets boards of the Arduino family. Exit::no_device when it is
// missing, busy, or not ours to open.
auto open_serial(const std::string& path, int rate_baud) -> Result<std::unique_ptr<Transport>>;

}  // namespace mcullm::link
