// SPDX-License-Identifier: MIT
#include "cli/board/open_board.hpp"

#include <utility>

namespace mcullm::cli {

auto open_board(const std::string& port, const sim::PortOptions& options, std::atomic<bool>& interrupted)
    -> Result<std::unique_ptr<link::Board>> {
  auto line = sim::open_port(port, options);
  if (!line) return line.error();
  link::SessionOptions session;
  session.cancel = &interrupted;
  auto board = std::make_unique<link::Board>(std::move(*line), session);
  if (const auto hello = board->connect(); !hello) return hello.error();
  return board;
}

}  // namespace mcullm::cli
