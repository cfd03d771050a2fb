// SPDX-License-Identifier: MIT
// What is wrong with a grammar, told before its first story: a blank that nothing fills, or a choice of which
// no outcome can ever fit.
#pragma once

#include <optional>
#include <string>

#include "grammar.hpp"

namespace mcullm::recipe {

struct Fault {
  std::string what, fix;
};

// Kinds and entries with a blank of their own count as fit for everything. If they are not, the storyteller
// gives up after a bounded number of draws.
auto first_fault(const Grammar& grammar) -> std::optional<Fault>;

}  // namespace mcullm::recipe
