// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "recorded.hpp"
#include "trace/recorder.hpp"

using namespace mcullm;
using namespace mcullm::tests;

TEST_CASE("recorder: a file that cannot be written is refused", "[trace]") {
  const auto refused = trace::Recorder::open("/nonexistent/a.trace", "1", {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().exit == Exit::usage);
  CHECK_FALSE(refused.error().hint.empty());
}

TEST_CASE("recorder: what was said stands in the file at once, not at the end", "[trace]") {
  const auto path = std::filesystem::temp_directory_path() / ("mcullm-rec-" + std::to_string(::getpid()));
  auto recorder = trace::Recorder::open(path, "1", {"mcullm"});
  REQUIRE(recorder);
  const auto line = (*recorder)->open_line("a \"quoted\" name\xff");
  (*recorder)->note("seed", "7");
  (*recorder)->sent(line, as_bytes({0, 1, 255}));
  // as after a crash: nothing was closed
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  const auto parsed = trace::parse_recording(text.str(), "unfinished");
  std::filesystem::remove(path);
  REQUIRE(parsed);
  REQUIRE(parsed->lines.size() == 1);
  CHECK(parsed->lines[0].name.starts_with("a \"quoted\" name"));
  REQUIRE(parsed->lines[0].events.size() == 1);
  CHECK(parsed->lines[0].events[0].bytes.size() == 3);
  REQUIRE(parsed->notes.size() == 1);
  CHECK(parsed->notes[0].text == "7");
}

TEST_CASE("recorder: an unplugged board is written down once", "[trace]") {
  auto agent = counting_agent();
  const auto recording = recorded(agent,
                                  [](link::Session& session) {
                                    const auto lost = session.request(MCL_STATS, {});
                                    REQUIRE_FALSE(lost);
                                    REQUIRE_FALSE(session.request(MCL_STATS, {}));
                                  },
                                  {.unplug_after = 1});
  int gone = 0;
  for (const auto& event : recording.lines[0].events) gone += event.kind == trace::Event::Kind::gone;
  CHECK(gone == 1);
}

TEST_CASE("recorder: a recorded board is given the time that it needs, and a full disk is told", "[trace]") {
  struct SlowLine : link::Transport {
    auto read(std::span<std::byte>, std::chrono::milliseconds) -> std::size_t override { return 0; }
    void write(std::span<const std::byte>) override {}
    void drain() override {}
    auto connected() const -> bool override { return true; }
    auto slowness() const -> int override { return 7; }
    auto name() const -> std::string override { return "slow"; }
  };
  auto recorder = trace::Recorder::open("/dev/full", "1", {"mcullm"});
  REQUIRE(recorder);
  const auto line = trace::make_recorded(std::make_unique<SlowLine>(), *recorder);
  CHECK(line->slowness() == 7);
  CHECK((*recorder)->loss() == "No space left on device");
  CHECK((*trace::Recorder::open("/dev/null", "1", {}))->loss().empty());
}
