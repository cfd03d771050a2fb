// SPDX-License-Identifier: MIT
#include "sim/simulated_boards.hpp"

#include <array>

#include "sim/find_agent.hpp"
#include "sim/qemu_boards.hpp"

namespace mcullm::sim {

namespace {

auto native_command(const BoardFiles& files) -> Result<std::vector<std::string>> {
  const auto agent = find_agent("mcullm-agent-posix");
  if (!agent) return agent.error();
  return std::vector<std::string>{agent->string(), "--store", files.store.string()};
}

// The store is the image of the SD card.
auto uno_command(const BoardFiles& files) -> Result<std::vector<std::string>> {
  const auto simulator = find_agent("mcullm-sim-uno");
  if (!simulator) return simulator.error();
  const auto agent = find_agent("agent-atmega328p.elf");
  if (!agent) return agent.error();
  return std::vector<std::string>{
      simulator->string(), "--firmware", agent->string(), "--sd", files.store.string(),
      "--sd-create-mib",   "64"};
}

constexpr std::array boards = {
    SimulatedBoard{"native", "the agent built for this computer", native_command},
    SimulatedBoard{"uno", "an Arduino Uno with an SD card, simulated", uno_command},
    SimulatedBoard{"musca-b1", "a Cortex-M33 with 32 MB of flash, by QEMU", musca_b1_command},
};

}  // namespace

auto simulated_boards() -> std::span<const SimulatedBoard> { return boards; }

}  // namespace mcullm::sim
