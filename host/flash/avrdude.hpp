// SPDX-License-Identifier: MIT
// The agent onto an ATmega328P, by avrdude and the boot loader that every Uno has (optiboot).
#pragma once

#include "flash/programmer.hpp"

namespace mcullm::flash {

// The agent is an Intel HEX file. Exit::no_device when avrdude is not installed: the hint says how.
auto plan_avrdude(const AgentJob& job) -> Result<AgentPlan>;

// Exit::no_device when no boot loader answers, Exit::refused when the chip is another one, Exit::mismatch
// when the flash does not hold what was written.
auto program_by_avrdude(const AgentJob& job, const ProgressFn& progress) -> Result<Ok>;

// What avrdude says while it works, as progress: bars of 50 characters, one after the other.
class AvrdudeProgress {
 public:
  AvrdudeProgress(std::uint64_t bytes, const ProgressFn& progress) : bytes_(bytes), progress_(progress) {}

  void feed(std::string_view text);

 private:
  std::uint64_t bytes_;
  const ProgressFn& progress_;
  std::string line_;             // the one that is not over yet
  const char* phase_ = nullptr;  // of the bar in it
  std::uint64_t cells_ = 0;
};

// Why it failed, from its exit code and all that it said.
auto avrdude_error(const std::string& port, int exit_code, const std::string& output) -> Error;

}  // namespace mcullm::flash
