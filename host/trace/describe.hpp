// SPDX-License-Identifier: MIT
// A recording in words, frame by frame.
#pragma once

#include <functional>
#include <string>

#include "trace/pieces.hpp"

namespace mcullm::trace {

// "TOKEN token=403 pos=0"; a reply begins with its status: "TOKEN ok argmax=7 ...".
auto describe_frame(const Frame& frame) -> std::string;

// One line without its end: "  0.012 s  -> seq 4711  TOKEN token=403 pos=0".
auto describe_piece(const Piece& piece) -> std::string;

}  // namespace mcullm::trace
