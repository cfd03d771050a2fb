// SPDX-License-Identifier: MIT
// --port, --baud and --fault: the line to a board, with the same words in every command.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "sim/open_port.hpp"

namespace mcullm::cli {

struct LineOptions {
  std::string port, fault;
  int rate_baud = link::fast_rate_baud;

  // A simulated board may begin with this model in its flash.
  auto port_options(std::filesystem::path model = {}) const -> sim::PortOptions {
    return {.fault = fault, .model = std::move(model), .rate_baud = rate_baud};
  }
};

// `choice`: what happens without --port, for --help.
void add_line_options(CLI::App& command, LineOptions& options,
                      const std::string& choice = "the board that answers, else a simulated one");

}  // namespace mcullm::cli
