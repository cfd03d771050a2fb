// SPDX-License-Identifier: MIT
#include "bench/board_clock.hpp"

#include <fmt/format.h>

#include "sim/open_port.hpp"

namespace mcullm::bench {

auto board_clock(const link::Board& board, const std::string& port, const boards::Board* known)
    -> Result<BoardClock> {
  const auto& hello = board.hello();
  BoardClock clock;
  clock.clock_hz = hello.clock_hz;
  switch (hello.tick_unit) {
    case MCL_TICKS_CYCLES:
      clock.basis = sim::is_played(port) ? boards::Basis::simulated : boards::Basis::measured;
      break;
    case MCL_TICKS_INSTRUCTIONS:
      clock.unit = boards::TickUnit::instructions;
      clock.basis = boards::Basis::estimated;
      // the simulator's clock says nothing about the chip: its register entry does
      if (known != nullptr) clock.clock_hz = known->clock_hz;
      if (known != nullptr && known->speed) clock.cycles_per_tick = known->speed->cycles_per_tick;
      break;
    case MCL_TICKS_NANOSECONDS:
      clock.unit = boards::TickUnit::nanoseconds;
      break;
    default:
      clock.clock_hz = 0;
  }
  if (clock.clock_hz != 0) return clock;
  return Error{Exit::refused, fmt::format("board '{}' does not count its time", hello.board),
               "measuring needs a clock and the unit of its ticks (proto/WIRE.md, HELLO)"};
}

auto rate(double tokens, double ticks, std::uint64_t clock_hz, double cycles_per_tick) -> double {
  return ticks <= 0 ? 0 : tokens * static_cast<double>(clock_hz) / (ticks * cycles_per_tick);
}

}  // namespace mcullm::bench
