// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace mcullm::cli {

// mcullm(1) in roff: the same commands, options and examples as --help, and the pages of the help.
auto man_page(const CLI::App& app) -> std::string;

}  // namespace mcullm::cli
