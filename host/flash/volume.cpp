// SPDX-License-Identifier: MIT
#include "flash/volume.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <thread>

#include "base/run_program.hpp"
#include "link/boot_touch.hpp"

namespace mcullm::flash {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds volume_patience{15};
constexpr std::chrono::milliseconds look_again{200};

// Empty when it cannot be read; files of /proc have no size beforehand.
auto read_text(const fs::path& path) -> std::string {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

constexpr auto all_labels = "/dev/disk/by-label";
constexpr auto all_mounts = "/proc/mounts";

auto device_of(const std::string& label, const fs::path& labels = all_labels) -> std::optional<fs::path> {
  std::error_code error;
  const auto link = labels / label;
  if (!fs::exists(link, error)) return std::nullopt;
  auto device = fs::canonical(link, error);
  return error ? std::nullopt : std::optional(device);
}

// A path as /proc/mounts writes it: blanks and such are octal.
auto unescaped(const std::string& text) -> std::string {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      path += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      path += text[i];
    }
  }
  return path;
}

auto mount_point(const fs::path& device, const fs::path& mounts = all_mounts) -> std::optional<fs::path> {
  std::istringstream lines(read_text(mounts));
  for (std::string from, to, rest; lines >> from >> to && std::getline(lines, rest);)
    if (from == device) return fs::path(unescaped(to));
  return std::nullopt;
}

auto how_to_mount(const fs::path& device) -> std::string {
  return fmt::format("mount it: udisksctl mount -b {0}, or as root: mount {0} /mnt, and then --volume /mnt",
                     device.string());
}

// udisks lets the person at the desk mount what was plugged in.
auto mount(const fs::path& device) -> Result<fs::path> {
  const auto tool = program_in_path("udisksctl");
  if (tool) {
    const auto run = run_program({tool->string(), "mount", "--no-user-interaction", "-b", device.string()});
    if (run && run->exit_code == 0)
      if (auto where = mount_point(device)) return *where;
  }
  return Error{Exit::no_device,
               fmt::format("the board's volume {} is there and not mounted", device.string()),
               how_to_mount(device)};
}

// The file that every such volume shows tells the chip.
auto check_chip(const fs::path& volume, const boards::Board& board) -> Result<Ok> {
  const auto info = read_text(volume / "INFO_UF2.TXT");
  if (info.empty())
    return Error{Exit::refused,
                 fmt::format("{}: not the volume of a boot loader (no INFO_UF2.TXT)", volume.string()),
                 fmt::format("hold BOOTSEL while you plug the board in; the volume is called {}",
                             board.flashing.label)};
  // "Board-ID: RPI-RP2", "Board-ID: RP2350"
  if (info.find("Board-ID: " + board.flashing.label) != std::string::npos) return Ok{};
  const auto at = info.find("Board-ID: ");
  const auto found = at == std::string::npos ? "another chip"
                                             : info.substr(at + 10, info.find_first_of("\r\n", at) - at - 10);
  return Error{Exit::refused,
               fmt::format("{}: the volume of {}, and {} is {}", volume.string(), found, board.id,
                           board.flashing.label),
               "--board names the board that is plugged in"};
}

auto instructions(const AgentJob& job) -> Error {
  return {Exit::no_device, fmt::format("no volume {} is there", job.board.flashing.label),
          "hold the board's BOOTSEL button while you plug it in, then repeat the command; a board that runs "
          "an agent "
          "needs no button: name its --port"};
}

auto wait_for_device(const AgentJob& job, Clock::time_point until) -> Result<fs::path> {
  while (true) {
    if (auto device = device_of(job.board.flashing.label)) return *device;
    if (job.cancel != nullptr && job.cancel->load()) return Error{Exit::cancelled, "interrupted", ""};
    if (Clock::now() >= until) return instructions(job);
    std::this_thread::sleep_for(look_again);
  }
}

}  // namespace

auto find_boot_volumes(const boards::BoardRegister& known, const fs::path& labels, const fs::path& mounts)
    -> std::vector<BootVolume> {
  std::vector<BootVolume> volumes;
  for (const auto& board : known.boards) {
    const auto& label = board.flashing.label;
    const bool listed =
        std::ranges::any_of(volumes, [&](const auto& volume) { return volume.label == label; });
    const auto device = label.empty() || listed ? std::nullopt : device_of(label, labels);
    if (device)
      volumes.push_back({board.id, label, *device, mount_point(*device, mounts).value_or(fs::path())});
  }
  return volumes;
}

auto boot_volume(const AgentJob& job) -> Result<fs::path> {
  auto volume = job.volume;
  if (volume.empty()) {
    auto until = Clock::now();
    if (!device_of(job.board.flashing.label) && !job.port.empty()) {
      if (auto touched = link::touch_into_boot_loader(job.port); !touched) return touched.error();
      until += volume_patience;
    }
    const auto device = wait_for_device(job, until);
    if (!device) return device.error();
    const auto mounted = mount_point(*device);
    const auto where = mounted ? Result(*mounted) : mount(*device);
    if (!where) return where.error();
    volume = *where;
  }
  if (auto fits = check_chip(volume, job.board); !fits) return fits.error();
  return volume;
}

}  // namespace mcullm::flash
