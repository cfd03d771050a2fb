// SPDX-License-Identifier: MIT
// Agent, or agent and model, onto an STM32: by dfu-util and the boot loader in the chip's ROM (AN2606), or by
// openocd and an ST-Link.
#pragma once

#include "flash/programmer.hpp"

namespace mcullm::flash {

// The agent is the flash's content from its first byte on. Exit::no_device when neither tool is installed.
auto plan_dfu(const AgentJob& job) -> Result<AgentPlan>;

// Exit::no_device when no chip in DFU mode, or no ST-Link, answers; Exit::mismatch when openocd's comparison
// fails.
auto program_by_dfu(const AgentJob& job, const ProgressFn& progress) -> Result<Ok>;

}  // namespace mcullm::flash
