// SPDX-License-Identifier: MIT
// A program that talks as a board does: a pty of ours is its standard input and output.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "link/transport.hpp"

namespace mcullm::link {

// Starts argv[0] (found as execvp finds it; its standard error stays ours) and calls the line `name`. The
// program is killed, with what it started, and reaped when the transport goes; reset() kills it and starts it
// anew. `companion` lives as long as the program: its files, say. Exit::no_device when it cannot be started.
auto start_process(std::vector<std::string> argv, std::string name,
                   std::shared_ptr<const void> companion = {}) -> Result<std::unique_ptr<Transport>>;

}  // namespace mcullm::link
