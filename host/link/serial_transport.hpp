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

// The fastest rate that the chips' clocks and the bridges of their boards do exactly, and the one that every
// bridge does.
constexpr int fast_rate_baud = 500000, safe_rate_baud = 115200;

// Opens exclusively and raises DTR, which resets boards of the Arduino family. Exit::no_device when it is
// missing, busy, or not ours to open. A line that is opened at fast_rate_baud has two rates, any other one.
auto open_serial(const std::string& path, int rate_baud) -> Result<std::unique_ptr<Transport>>;

}  // namespace mcullm::link
