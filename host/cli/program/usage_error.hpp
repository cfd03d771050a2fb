// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>

#include "base/result.hpp"

namespace mcullm::cli {

// What is wrong with the command line: the word that nobody knows with the nearest that exists, or the value
// that does not fit, with where it came from.
auto usage_error(const CLI::App& app, const CLI::ParseError& error) -> Error;

// Commands as the help shows them; hidden ones are none.
auto names_of_commands(const CLI::App& app) -> std::vector<std::string>;

}  // namespace mcullm::cli
