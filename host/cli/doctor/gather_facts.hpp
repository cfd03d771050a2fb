// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cli/command.hpp"
#include "doctor/facts.hpp"
#include "link/serial_transport.hpp"

namespace mcullm::cli {

struct Examination {
  std::string port;   // this one alone; empty: all serial ports
  std::string model;  // image file that the board should run; may be empty
  int rate_baud = link::fast_rate_baud;
};

// Fails only when the register or the named model cannot be read.
auto gather_facts(const Examination& wanted, CommandContext& context) -> Result<doctor::Facts>;

}  // namespace mcullm::cli
