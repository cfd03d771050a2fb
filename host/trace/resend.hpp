// SPDX-License-Identifier: MIT
// The recorded requests, sent to another board: does it give the recorded answers?
#pragma once

#include <optional>
#include <string>

#include "base/progress.hpp"
#include "link/session.hpp"
#include "trace/recording.hpp"

namespace mcullm::trace {

struct Resent {
  std::size_t requests = 0;  // sent
  std::size_t compared = 0;  // answers; not those of HELLO, STATS and RESET, which tell of the board itself
  struct Difference {
    double seconds;                      // of the recording
    std::string request, recorded, got;  // in words
    std::size_t first_byte;              // of the payload; times are left out of the comparison
  };
  std::optional<Difference> difference{};  // the first; nothing was sent after it
};

// `session` is not yet connected.
auto resend(const Line& line, link::Session& session, const ProgressFn& progress) -> Result<Resent>;

}  // namespace mcullm::trace
