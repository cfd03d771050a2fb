// SPDX-License-Identifier: MIT
#include "flash/programmer.hpp"

#include <fmt/format.h>

#include <array>

#include "flash/avrdude.hpp"

namespace mcullm::flash {

namespace {

constexpr std::array ways = {
    Programmer{.method = boards::FlashMethod::avrdude,
               .way = "avrdude, through the boot loader",
               .plan = plan_avrdude,
               .program = program_by_avrdude},
};

}  // namespace

auto find_programmer(const boards::Board& board) -> Result<const Programmer*> {
  for (const auto& way : ways) {
    if (way.method == board.flashing.method) return &way;
  }
  return Error{Exit::usage, fmt::format("--board {}: no way to put an agent on it", board.id),
               "without --board the agent that runs there takes the model"};
}

}  // namespace mcullm::flash
