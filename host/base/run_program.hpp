// SPDX-License-Identifier: MIT
// Another program from its start to its end, its output in our hands.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mcullm {

// Where PATH has it; nothing when it is not installed.
auto program_in_path(const std::string& name) -> std::optional<std::filesystem::path>;

struct ProgramRun {
  int exit_code = 0;   // 128 and more: ended by a signal
  std::string output;  // what it said on stdout and stderr, in its order
};

// Called with the output as it comes.
using OutputFn = std::function<void(std::string_view text)>;

// Its input is empty. Exit::no_device when it cannot be started, Exit::cancelled when `cancel` ended it.
auto run_program(const std::vector<std::string>& argv, const OutputFn& on_output = {},
                 const std::atomic<bool>* cancel = nullptr) -> Result<ProgramRun>;

}  // namespace mcullm
