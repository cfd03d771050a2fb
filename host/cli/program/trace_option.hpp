// SPDX-License-Identifier: MIT
// --trace FILE, of every command, and what to do with a failure that nobody expected.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace mcullm::cli {

void add_trace_option(CLI::App& app, std::string& file);

// From now on every port is recorded, unless `file` is empty.
auto start_trace(const std::string& file, std::vector<std::string> command_line) -> Result<Ok>;

// Not what a person did wrong: a bug, or a board that was lost.
auto is_unexpected(const Error& error) -> bool;

// "to report it: mcullm report chat ..." for these words of a command line; empty when there is nothing to
// add.
auto report_advice(const std::vector<std::string>& words) -> std::string;

}  // namespace mcullm::cli
