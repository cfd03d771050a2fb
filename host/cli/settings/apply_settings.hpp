// SPDX-License-Identifier: MIT
// Options that need not be given with every command: flag over environment over profile over built-in.
#pragma once

#include <CLI/CLI.hpp>

#include "base/result.hpp"
#include "config/config_file.hpp"

namespace mcullm::cli {

// The file and the profile that the command line or the environment names; both may be empty. They decide
// what the other options begin with, so they are found before the command line is understood.
struct ConfigChoice {
  std::string file, profile;
};
auto find_config_choice(int argc, const char* const* argv) -> ConfigChoice;

// The options --config and --profile themselves, for the help and so that they are no unknown ones.
void add_config_options(CLI::App& app, ConfigChoice& choice);

// Gives each option that is a setting, of the program and of every command, its MCULLM_ variable.
void name_variables(CLI::App& app);

// Makes what the configuration says the default of these options. Exit::input, with file and line, when an
// option does not take its value.
auto apply_config(CLI::App& app, const config::Config& config) -> Result<Ok>;

// Where a wrong value came from, when that was the environment: "MCULLM_BAUD is set to 'x'"; else empty.
auto blame_environment(const std::string& message) -> std::string;

}  // namespace mcullm::cli
