// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "link/board.hpp"
#include "sim/open_port.hpp"

namespace mcullm::cli {

// The board at a port, once it has answered HELLO; `interrupted` stops whatever it does.
auto open_board(const std::string& port, const sim::PortOptions& options, std::atomic<bool>& interrupted)
    -> Result<std::unique_ptr<link::Board>>;

}  // namespace mcullm::cli
