// SPDX-License-Identifier: MIT
// Where the programs of simulated boards lie.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace mcullm::sim {

// Beside the tool, in the build folder above a test, where they are installed, or first of all in the folder
// that MCULLM_AGENT_DIR names.
auto find_agent(const std::string& program) -> Result<std::filesystem::path>;

}  // namespace mcullm::sim
