// SPDX-License-Identifier: MIT
#include "flash/programmer.hpp"

#include <fmt/format.h>

#include <array>

#include "flash/avrdude.hpp"
#include "flash/dfu.hpp"
#include "flash/uf2_volume.hpp"

namespace mcullm::flash {

namespace {

constexpr std::array ways = {
    Programmer{.method = boards::FlashMethod::avrdude,
               .way = "avrdude, through the boot loader",
               .needs_port = true,
               .plan = plan_avrdude,
               .program = program_by_avrdude},
    Programmer{.method = boards::FlashMethod::uf2,
               .way = "a UF2 file on the boot loader's volume",
               .takes_image = true,
               .plan = plan_uf2,
               .program = program_by_uf2},
    Programmer{.method = boards::FlashMethod::dfu,
               .way = "dfu-util or openocd",
               .takes_image = true,
               .plan = plan_dfu,
               .program = program_by_dfu},
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
