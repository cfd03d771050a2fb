// SPDX-License-Identifier: MIT
// The command line of a recording, as a person types it to replay it.
#pragma once

#include <string>
#include <vector>

#include "trace/recording.hpp"

namespace mcullm::cli {

// Words of a command without the options that choose or change the line: --port, --fault, --trace.
auto without_line_options(const std::vector<std::string>& words) -> std::vector<std::string>;

// "printf '%s\n' 'The dog' | mcullm replay bug.trace chat tales.mcm --seed 42"
auto replay_command(const trace::Recording& recording, const std::string& file) -> std::string;

// As a shell reads it back: quotes where they are needed.
auto shell_quoted(const std::string& word) -> std::string;

}  // namespace mcullm::cli
