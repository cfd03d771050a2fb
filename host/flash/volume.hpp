// SPDX-License-Identifier: MIT
// The volume of a chip that waits for a UF2 file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "boards/board_register.hpp"
#include "flash/programmer.hpp"

namespace mcullm::flash {

// A volume that is there, mounted or not.
struct BootVolume {
  std::string board;              // id of the first board with this label
  std::string label;              // "RPI-RP2"
  std::filesystem::path device;   // "/dev/sda1"
  std::filesystem::path mounted;  // empty: not mounted
};

// Those of all boards of the register. `labels` is where Linux shows volumes by their names, `mounts` where
// it tells which are mounted.
auto find_boot_volumes(const boards::BoardRegister& known,
                       const std::filesystem::path& labels = "/dev/disk/by-label",
                       const std::filesystem::path& mounts = "/proc/mounts") -> std::vector<BootVolume>;

// The folder where the board's volume is mounted: the one that the job names, else the one with the board's
// label, mounted now if need be. When there is none and the job names a serial port, the program there is
// asked to start the boot loader (a port that is opened at 1200 baud), and the volume awaited.
// Exit::no_device with instructions, Exit::refused when the volume says that it belongs to another chip.
auto boot_volume(const AgentJob& job) -> Result<std::filesystem::path>;

}  // namespace mcullm::flash
