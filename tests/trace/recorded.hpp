// SPDX-License-Identifier: MIT
// A conversation with a fake agent, recorded into a file of the test's own.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "tests/link/fake_agent.hpp"
#include "trace/recording.hpp"

namespace mcullm::tests {

// The text of a recording of what `talk` does with a session that is connected already.
auto recorded_text(FakeAgent& agent, const std::function<void(link::Session&)>& talk,
                   const LineFaults& faults = {}) -> std::string;

// The same, parsed; its first line is what was said.
auto recorded(FakeAgent& agent, const std::function<void(link::Session&)>& talk,
              const LineFaults& faults = {}) -> trace::Recording;

// STATS answers 7 and then one more each time; TOKEN answers {the request's token + 1, three zeros}; LAYER is
// not known.
auto counting_agent() -> FakeAgent;

auto token_request(int token, int pos) -> Bytes;

}  // namespace mcullm::tests
