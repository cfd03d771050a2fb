// SPDX-License-Identifier: MIT
// What a shell runs to complete a command line. The scripts know nothing of mcullm's commands: they ask
// `mcullm __complete`, so that they stay right whatever the program learns.
#pragma once

#include <span>

namespace mcullm::cli {

struct CompletionScript {
  const char* shell;
  const char* text;
};

auto completion_scripts() -> std::span<const CompletionScript>;

}  // namespace mcullm::cli
