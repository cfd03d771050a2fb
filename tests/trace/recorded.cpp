// SPDX-License-Identifier: MIT
#include "recorded.hpp"

#include <unistd.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "trace/recorder.hpp"

namespace mcullm::tests {

auto recorded_text(FakeAgent& agent, const std::function<void(link::Session&)>& talk,
                   const LineFaults& faults) -> std::string {
  const auto path =
      std::filesystem::temp_directory_path() / ("mcullm-test-" + std::to_string(::getpid()) + ".trace");
  {
    auto recorder = trace::Recorder::open(path, "1.2.3", {"mcullm", "test"});
    if (!recorder) throw std::runtime_error(recorder.error().what);
    link::Session session(trace::make_recorded(std::make_unique<FakeLine>(agent, faults), *recorder),
                          impatient());
    if (const auto hello = session.connect(); !hello) throw std::runtime_error(hello.error().what);
    talk(session);
  }
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  std::filesystem::remove(path);
  return text.str();
}

auto recorded(FakeAgent& agent, const std::function<void(link::Session&)>& talk, const LineFaults& faults)
    -> trace::Recording {
  auto parsed = trace::parse_recording(recorded_text(agent, talk, faults), "test");
  if (!parsed) throw std::runtime_error(parsed.error().what);
  return std::move(parsed).value();
}

auto counting_agent() -> FakeAgent {
  FakeAgent agent;
  agent.commands[MCL_STATS] = [count = 7U](auto) mutable { return ok({count++}); };
  agent.commands[MCL_TOKEN] = [](auto payload) {
    Bytes reply(15);
    reply[1] = static_cast<std::uint8_t>(payload[0] + 1);
    return reply;
  };
  return agent;
}

auto token_request(int token, int pos) -> Bytes {
  return {static_cast<std::uint8_t>(token), 0, static_cast<std::uint8_t>(pos), 0};
}

}  // namespace mcullm::tests
