// SPDX-License-Identifier: MIT
// The board that a command works with: the one that --port names, else the one that answers, else a
// simulated one.
#pragma once

#include <memory>
#include <string>

#include "cli/command.hpp"
#include "link/board.hpp"
#include "sim/open_port.hpp"

namespace mcullm::cli {

struct ChosenBoard {
  std::string port;                    // its line's name: of a replayed recording that of the recorded one
  std::unique_ptr<link::Board> board;  // connected

  auto simulated() const -> bool { return port.starts_with("sim:"); }
};

// An empty port asks every USB serial port that may be a board for an agent: exactly one is taken, several
// are an error (Exit::no_device), none means the first board of the register that can be simulated. What was
// chosen without being named is said on stderr.
auto choose_board(const std::string& port, const sim::PortOptions& options, CommandContext& context)
    -> Result<ChosenBoard>;

}  // namespace mcullm::cli
