// SPDX-License-Identifier: MIT
// The files that belong to this program: agents for boards, simulators, boot loaders.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace mcullm {

// Beside the program, in the build folder above a test, where an installation puts it, or in
// MCULLM_AGENT_DIR, which comes first. Exit::no_device when it is nowhere: `hint` says what makes it.
auto find_installed(
    const std::string& name,
    const std::string& hint = "build it (./dev build), or name its folder in MCULLM_AGENT_DIR")
    -> Result<std::filesystem::path>;

}  // namespace mcullm
