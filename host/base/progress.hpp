// SPDX-License-Identifier: MIT
// Long work reports events; only the ui room decides how they look.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace mcullm {

struct Progress {
  std::string phase;        // "calibrating", "writing"
  std::uint64_t done = 0;   // in units of the phase
  std::uint64_t total = 0;  // 0: unknown
  std::string unit;         // "B", "tokens", ...
};

using ProgressFn = std::function<void(const Progress&)>;

inline void no_progress(const Progress&) {}

}  // namespace mcullm
