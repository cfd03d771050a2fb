// SPDX-License-Identifier: MIT
// Boards that are programs on this computer.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace mcullm::sim {

// What a board is started with.
struct BoardOptions {
  std::filesystem::path store{};   // keeps what the board stores: flash or card; created if missing
  std::filesystem::path model{};   // found in a flash that begins with this start; or empty
  std::filesystem::path uf2{};     // copied to its USB drive instead of the agent's file
  std::filesystem::path volume{};  // folder that is the drive of its boot loader; made when missing
  std::filesystem::path report{};  // what the simulator has counted, at its end
  bool empty = false;              // no agent on the chip, only its boot loader
  bool realtime = false;           // no faster than the chip
};

struct SimulatedBoard {
  const char* name;         // after "sim:"
  const char* description;  // one line for a list
  // What of the options it understands.
  bool rom = false;  // no store: its flash is made anew at each start
  bool has_boot_loader = false, keeps_time = false, reports = false, has_drive = false;
  int reset_signal = 0;  // presses its reset button, as opening its port does; 0: opening resets nothing
  // The program, which speaks on its standard input and output, and its arguments. The store is named, and
  // the report where there is one (board_command.hpp sees to it).
  Result<std::vector<std::string>> (*command)(const BoardOptions& options);
};

auto simulated_boards() -> std::span<const SimulatedBoard>;

// Exit::usage when there is none of that name.
auto find_simulated_board(const std::string& name) -> Result<const SimulatedBoard*>;

// "sim:native, sim:uno"
auto names_of_simulated_boards() -> std::string;

}  // namespace mcullm::sim
