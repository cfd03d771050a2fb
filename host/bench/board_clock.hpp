// SPDX-License-Identifier: MIT
// How a board counts its time, and what its numbers are worth.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "boards/board.hpp"
#include "link/board.hpp"

namespace mcullm::bench {

struct BoardClock {
  std::uint64_t clock_hz = 0;
  boards::TickUnit unit = boards::TickUnit::cycles;
  double cycles_per_tick = 1;  // of the register where the unit is instructions: estimated then
  boards::Basis basis = boards::Basis::measured;
};

// `known` is the board's entry in the register, if it has one. Exit::refused when it does not count time.
auto board_clock(const link::Board& board, const std::string& port, const boards::Board* known)
    -> Result<BoardClock>;

// Tokens per second of the board's own time.
auto rate(double tokens, double ticks, std::uint64_t clock_hz, double cycles_per_tick) -> double;

}  // namespace mcullm::bench
