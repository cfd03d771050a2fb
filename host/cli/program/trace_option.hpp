// SPDX-License-Identifier: MIT
// --trace FILE, of every command.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace mcullm::cli {

void add_trace_option(CLI::App& app, std::string& file);

// From now on every port is recorded, unless `file` is empty.
auto start_trace(const std::string& file, std::vector<std::string> command_line) -> Result<Ok>;

}  // namespace mcullm::cli
