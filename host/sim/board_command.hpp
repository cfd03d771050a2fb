// SPDX-License-Identifier: MIT
// What it takes to start a simulated board: its command line and the files it works on.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "sim/simulated_boards.hpp"

namespace mcullm::sim {

struct BoardCommand {
  std::vector<std::string> argv;
  std::shared_ptr<const void> files;  // keep them as long as the program runs
};

// Store and report that the options do not name lie in a temporary folder, gone with `files`. Exit::usage
// for an option that this board does not have.
auto board_command(const SimulatedBoard& board, BoardOptions options) -> Result<BoardCommand>;

// "uno" or "uno,empty,realtime,store=FILE,model=FILE,report=FILE", as --port has it after "sim:". Exit::usage
// otherwise.
auto parse_simulated_port(const std::string& text) -> Result<std::pair<const SimulatedBoard*, BoardOptions>>;

}  // namespace mcullm::sim
