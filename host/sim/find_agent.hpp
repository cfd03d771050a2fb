// SPDX-License-Identifier: MIT
#pragma once

#include "base/installed_file.hpp"

namespace mcullm::sim {

inline auto find_agent(const std::string& program) { return find_installed(program); }

}  // namespace mcullm::sim
