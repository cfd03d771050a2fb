// SPDX-License-Identifier: MIT
// Boards that are programs on this computer.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace mcullm::sim {

struct SimulatedBoard {
  const char* name;         // after "sim:"
  const char* description;  // one line for a list
  // The program and its arguments; `store` is the file that holds the board's flash, created if missing.
  Result<std::vector<std::string>> (*command)(const std::filesystem::path& store);
};

auto simulated_boards() -> std::span<const SimulatedBoard>;

}  // namespace mcullm::sim
