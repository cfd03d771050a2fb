// SPDX-License-Identifier: MIT
// Pages of the help that belong to no single command.
#pragma once

#include <span>
#include <string>

#include "ui/console.hpp"

namespace mcullm::cli {

struct HelpPage {
  const char* name;
  const char* about;
  std::string (*text)();
};

auto help_pages() -> std::span<const HelpPage>;

}  // namespace mcullm::cli
