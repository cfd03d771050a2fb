// SPDX-License-Identifier: MIT
// A simulated board behind a pseudo terminal that other programs open as they would a serial port.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "sim/simulated_boards.hpp"

namespace mcullm::sim {

// Bytes are bridged between two terminals: the port, and the one of the board's program. The bridge does what
// that of a real board does when a program opens the port or closes it: it presses reset, it passes the rate
// on, and what nobody hears is lost.
class BoardOnPty {
 public:
  static auto start(const SimulatedBoard& board, const BoardOptions& options)
      -> Result<std::unique_ptr<BoardOnPty>>;
  // Ends the board, which writes its report and its store first.
  virtual ~BoardOnPty() = default;

  virtual auto path() const -> const std::string& = 0;
  // The exit code of the board's program once it has ended by itself; nothing after `limit`.
  virtual auto wait(std::chrono::milliseconds limit) -> std::optional<int> = 0;
};

}  // namespace mcullm::sim
