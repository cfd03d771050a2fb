// SPDX-License-Identifier: MIT
// Does the agent at the other end keep the rules of proto/WIRE.md, also against a host that breaks them?
#pragma once

#include "base/result.hpp"
#include "link/transport.hpp"
#include "verify/outcome.hpp"

namespace mcullm::verify {

// Sends damaged frames, repeated sequence numbers, foreign boot ids and arguments out of range, and checks
// that each is dropped, answered once, or refused. A rule that is broken is the outcome's mismatch, named by
// its op. Stored model and cache are left alone; the workspace is overwritten. Exit::link when the board does
// not answer at all.
auto check_link(link::Transport& transport) -> Result<Outcome>;

}  // namespace mcullm::verify
