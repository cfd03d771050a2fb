// SPDX-License-Identifier: MIT
#include "link/tick_name.hpp"

#include "proto/message.h"

namespace mcullm::link {

auto tick_name(std::uint8_t unit) -> const char* {
  switch (unit) {
    case MCL_TICKS_CYCLES:
      return "cycles";
    case MCL_TICKS_INSTRUCTIONS:
      return "instructions";
    case MCL_TICKS_NANOSECONDS:
      return "ns";
    default:
      return "";
  }
}

auto tick_seconds(const mcl_hello_t& board, std::uint64_t ticks) -> std::optional<double> {
  if (board.tick_unit == MCL_TICKS_NANOSECONDS) return static_cast<double>(ticks) * 1e-9;
  if (board.tick_unit != MCL_TICKS_CYCLES || board.clock_hz == 0) return std::nullopt;
  return static_cast<double>(ticks) / board.clock_hz;
}

}  // namespace mcullm::link
