// SPDX-License-Identifier: MIT
#include "sim/simulated_boards.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace mcullm::sim {

namespace fs = std::filesystem;

namespace {

// Where agents may lie: beside the tool, in the build folder above a test, or where they are installed.
auto agent_folders() -> std::vector<fs::path> {
  std::vector<fs::path> folders;
  if (const char* chosen = std::getenv("MCULLM_AGENT_DIR")) folders.emplace_back(chosen);
  std::error_code error;
  const auto own = fs::read_symlink("/proc/self/exe", error).parent_path();
  folders.insert(folders.end(), {own, own / ".." / "..", own / ".." / "libexec" / "mcullm"});
  return folders;
}

auto find_agent(const std::string& program) -> Result<fs::path> {
  for (const auto& folder : agent_folders()) {
    std::error_code error;
    if (fs::is_regular_file(folder / program, error)) return folder / program;
  }
  return Error{Exit::no_device, fmt::format("{} is not there", program),
               "build it (./dev build), or name its folder in MCULLM_AGENT_DIR"};
}

auto native_command(const fs::path& store) -> Result<std::vector<std::string>> {
  const auto agent = find_agent("mcullm-agent-posix");
  if (!agent) return agent.error();
  return std::vector<std::string>{agent->string(), "--store", store.string()};
}

// The store is the image of the SD card.
auto uno_command(const fs::path& store) -> Result<std::vector<std::string>> {
  const auto simulator = find_agent("mcullm-sim-uno");
  if (!simulator) return simulator.error();
  const auto agent = find_agent("agent-atmega328p.elf");
  if (!agent) return agent.error();
  return std::vector<std::string>{simulator->string(), "--firmware", agent->string(), "--sd", store.string(),
                                  "--sd-create-mib",   "64"};
}

constexpr std::array boards = {
    SimulatedBoard{"native", "the agent built for this computer", native_command},
    SimulatedBoard{"uno", "an Arduino Uno with an SD card, simulated", uno_command},
};

}  // namespace

auto simulated_boards() -> std::span<const SimulatedBoard> { return boards; }

}  // namespace mcullm::sim
