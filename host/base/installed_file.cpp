// SPDX-License-Identifier: MIT
#include "base/installed_file.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <system_error>
#include <vector>

namespace mcullm {

namespace fs = std::filesystem;

namespace {

auto folders() -> std::vector<fs::path> {
  std::vector<fs::path> folders;
  if (const char* chosen = std::getenv("MCULLM_AGENT_DIR")) folders.emplace_back(chosen);
  std::error_code error;
  const auto own = fs::read_symlink("/proc/self/exe", error).parent_path();
  folders.insert(folders.end(), {own, own / ".." / "..", own / ".." / "libexec" / "mcullm"});
  return folders;
}

}  // namespace

auto find_installed(const std::string& name, const std::string& hint) -> Result<fs::path> {
  for (const auto& folder : folders()) {
    std::error_code error;
    if (fs::is_regular_file(folder / name, error)) return folder / name;
  }
  return Error{Exit::no_device, fmt::format("{} is not there", name), hint};
}

}  // namespace mcullm
