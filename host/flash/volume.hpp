// SPDX-License-Identifier: MIT
// The volume of a chip that waits for a UF2 file.
#pragma once

#include <filesystem>

#include "flash/programmer.hpp"

namespace mcullm::flash {

// The folder where the board's volume is mounted: the one that the job names, else the one with the board's
// label, mounted now if need be. When there is none and the job names a serial port, the program there is
// asked to start the boot loader (a port that is opened at 1200 baud), and the volume awaited.
// Exit::no_device with instructions, Exit::refused when the volume says that it belongs to another chip.
auto boot_volume(const AgentJob& job) -> Result<std::filesystem::path>;

}  // namespace mcullm::flash
