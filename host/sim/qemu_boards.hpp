// SPDX-License-Identifier: MIT
// Boards that QEMU simulates, counting instructions: with -icount shift=0 one takes a nanosecond of the
// board's time.
#pragma once

#include "sim/simulated_boards.hpp"

namespace mcullm::sim {

auto musca_b1_command(const BoardOptions& options) -> Result<std::vector<std::string>>;
auto stm32f405_command(const BoardOptions& options) -> Result<std::vector<std::string>>;
auto microbit_command(const BoardOptions& options) -> Result<std::vector<std::string>>;
auto xtensa_command(const BoardOptions& options) -> Result<std::vector<std::string>>;
auto rv32_command(const BoardOptions& options) -> Result<std::vector<std::string>>;
auto rv32_zb_command(const BoardOptions& options) -> Result<std::vector<std::string>>;

}  // namespace mcullm::sim
