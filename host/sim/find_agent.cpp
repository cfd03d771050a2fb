// SPDX-License-Identifier: MIT
#include "sim/find_agent.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <vector>

namespace mcullm::sim {

namespace fs = std::filesystem;

namespace {

auto agent_folders() -> std::vector<fs::path> {
  std::vector<fs::path> folders;
  if (const char* chosen = std::getenv("MCULLM_AGENT_DIR")) folders.emplace_back(chosen);
  std::error_code error;
  const auto own = fs::read_symlink("/proc/self/exe", error).parent_path();
  folders.insert(folders.end(), {own, own / ".." / "..", own / ".." / "libexec" / "mcullm"});
  return folders;
}

}  // namespace

auto find_agent(const std::string& program) -> Result<fs::path> {
  for (const auto& folder : agent_folders()) {
    std::error_code error;
    if (fs::is_regular_file(folder / program, error)) return folder / program;
  }
  return Error{Exit::no_device, fmt::format("{} is not there", program),
               "build it (./dev build), or name its folder in MCULLM_AGENT_DIR"};
}

}  // namespace mcullm::sim
