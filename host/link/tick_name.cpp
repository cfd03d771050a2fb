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

}  // namespace mcullm::link
