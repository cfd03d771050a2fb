// SPDX-License-Identifier: MIT
// A port whose board says what a recording says (README.md of this folder).
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "link/transport.hpp"
#include "trace/recording.hpp"

namespace mcullm::trace {

// The line has the name of the recorded one, as everything that is said about it. The first request that is
// not the recorded one ends it; its failure() (Exit::input) shows both and begins with `where`:
// "replay:FILE".
auto replay_line(const Line& line, std::string where) -> std::unique_ptr<link::Transport>;

// The `index`-th line of the recording that a board answered on. Exit::input when there are fewer.
auto replay_recording(const Recording& recording, std::size_t index, std::string where)
    -> Result<std::unique_ptr<link::Transport>>;

}  // namespace mcullm::trace
