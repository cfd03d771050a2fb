// SPDX-License-Identifier: MIT
// A mismatch in words: what differs, where, by how much, and what that says.
#pragma once

#include <string>

#include "verify/outcome.hpp"

namespace mcullm::verify {

// "token 17 (position 17), layer 2, op gate, row 5": every part that is known.
auto place(const Mismatch& mismatch) -> std::string;

// Several lines: the place, expected, got, difference, how many values differ, and the values around it.
auto explain(const Mismatch& mismatch) -> std::string;

}  // namespace mcullm::verify
