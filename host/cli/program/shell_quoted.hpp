// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace mcullm::cli {

// As a shell reads it back: quotes where they are needed.
auto shell_quoted(const std::string& word) -> std::string;

}  // namespace mcullm::cli
