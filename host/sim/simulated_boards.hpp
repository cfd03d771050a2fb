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
struct BoardFiles {
  std::filesystem::path store;  // holds the board's flash; created if missing
  std::filesystem::path model;  // an image to find in the flash, for a board that cannot program it; or empty
};

struct SimulatedBoard {
  const char* name;                                                      // after "sim:"
  const char* description;                                               // one line for a list
  Result<std::vector<std::string>> (*command)(const BoardFiles& files);  // the program and its arguments
};

auto simulated_boards() -> std::span<const SimulatedBoard>;

}  // namespace mcullm::sim
