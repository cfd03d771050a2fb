// SPDX-License-Identifier: MIT
// Agent, or agent and model, onto an RP2040 or RP2350: a UF2 file copied to the volume that the chip's boot
// ROM shows while BOOTSEL is held (RP2040 datasheet 2.8.3, RP2350 datasheet 5.4.2). The volume vanishes when
// the last block has arrived: the chip starts what it was given.
#pragma once

#include <string>

#include "flash/programmer.hpp"

namespace mcullm::flash {

// Exit::input when agent or model are no such files, or do not fit the flash.
auto plan_uf2(const AgentJob& job) -> Result<AgentPlan>;

// Exit::no_device with instructions when there is no volume, Exit::refused when it is another chip's.
auto program_by_uf2(const AgentJob& job, const ProgressFn& progress) -> Result<Ok>;

// The name of the file that is written.
inline constexpr auto uf2_file_name = "mcullm.uf2";

}  // namespace mcullm::flash
