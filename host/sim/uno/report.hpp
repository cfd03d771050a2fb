// SPDX-License-Identifier: MIT
// What the run showed, as one line of JSON.
#pragma once

#include <string>

#include "sim/uno/board.hpp"

namespace mcullm::uno {

// `ended` says why the run is over ("sleep", "input-closed", "signal", "max-cycles", "crash"), or "running".
auto report_line(Board& board, const std::string& ended) -> std::string;

}  // namespace mcullm::uno
