// SPDX-License-Identifier: MIT
// The command line of a recording, as a person types it to replay it.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trace/recording.hpp"

namespace mcullm::cli {

// Options that choose or change the line to the board.
inline constexpr std::array<std::string_view, 3> line_options = {"--port", "--fault", "--trace"};

// Words of a command without some options and their values.
auto without_options(const std::vector<std::string>& words, std::span<const std::string_view> options)
    -> std::vector<std::string>;

// "printf '%s\n' 'The dog' | mcullm replay bug.trace chat tales.mcm --seed 42"
auto replay_command(const trace::Recording& recording, const std::string& file) -> std::string;

}  // namespace mcullm::cli
