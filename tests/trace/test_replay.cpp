// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "recorded.hpp"
#include "trace/replay.hpp"

using namespace mcullm;
using namespace mcullm::tests;
using Catch::Matchers::Contains;

namespace {

auto replayed(const trace::Recording& recording) -> link::Session {
  return link::Session(trace::replay_line(recording.lines[0], "replay:test"), impatient());
}

struct Said {
  std::vector<std::vector<std::byte>> replies;
  std::uint64_t retries = 0;
};

// Some requests whose answers depend on the agent's state.
void converse(link::Session& session, Said& said) {
  for (int i = 0; i < 40; ++i) {
    const auto stats = session.request(MCL_STATS, {});
    REQUIRE(stats);
    said.replies.push_back(stats->fields);
    const auto token = session.request(MCL_TOKEN, as_bytes(token_request(i, i)));
    REQUIRE(token);
    said.replies.push_back(token->fields);
  }
  said.retries = session.statistics().retries;
}

}  // namespace

TEST_CASE("replay: the same requests get the recorded answers, whatever their numbers", "[trace][replay]") {
  auto agent = counting_agent();
  Said live, again;
  const auto recording = recorded(agent, [&](link::Session& session) { converse(session, live); });
  auto session = replayed(recording);
  const auto hello = session.connect();
  REQUIRE(hello);
  CHECK(std::string(hello->board) == "fake");
  CHECK(session.transport().name() == "fake");
  converse(session, again);
  CHECK((again.replies == live.replies));
  CHECK(again.retries == 0);
}

TEST_CASE("replay: a lossy line was repeated as often as it is now", "[trace][replay]") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U);
  auto agent = counting_agent();
  Said live, again;
  const auto recording = recorded(agent, [&](link::Session& session) { converse(session, live); },
                                  {.lose = 0.1, .duplicate = 0.1, .reorder = 0.1, .seed = seed});
  auto session = replayed(recording);
  REQUIRE(session.connect());
  converse(session, again);
  CHECK((again.replies == live.replies));
  CHECK(live.retries > 0);
  CHECK(again.retries > 0);
}

TEST_CASE("replay: the first request that differs is named, with the recorded one", "[trace][replay]") {
  auto agent = counting_agent();
  const auto recording = recorded(agent, [](link::Session& session) {
    REQUIRE(session.request(MCL_STATS, {}));
    REQUIRE(session.request(MCL_TOKEN, as_bytes(token_request(5, 0))));
  });
  {
    auto session = replayed(recording);
    REQUIRE(session.connect());
    REQUIRE(session.request(MCL_STATS, {}));
    const auto other = session.request(MCL_TOKEN, as_bytes(token_request(5, 1)));
    REQUIRE_FALSE(other);
    CHECK(other.error().exit == Exit::input);
    CHECK_THAT(other.error().what, Contains("replay:test: sending 3 differs") &&
                                       Contains("recorded TOKEN token=5 pos=0, now TOKEN token=5 pos=1") &&
                                       Contains("from byte 2 on"));
    CHECK_THAT(other.error().hint, Contains("mcullm replay"));
    CHECK_FALSE(session.request(MCL_TOKEN, as_bytes(token_request(5, 0))));  // it stays so
  }
  auto session = replayed(recording);
  REQUIRE(session.connect());
  const auto early = session.request(MCL_TOKEN, as_bytes(token_request(5, 0)));
  REQUIRE_FALSE(early);
  CHECK_THAT(early.error().what, Contains("sending 2") && Contains("recorded STATS, now TOKEN"));
}

TEST_CASE("replay: the end of a recording is told apart from its break", "[trace][replay]") {
  auto agent = counting_agent();
  auto text = recorded_text(agent, [](link::Session& session) { REQUIRE(session.request(MCL_STATS, {})); });
  const auto ask_for_more = [](const std::string& recording) {
    const auto parsed = trace::parse_recording(recording, "test");
    REQUIRE(parsed);
    auto session = replayed(*parsed);
    REQUIRE(session.connect());
    REQUIRE(session.request(MCL_STATS, {}));
    const auto more = session.request(MCL_STATS, {});
    REQUIRE_FALSE(more);
    return more.error();
  };
  CHECK_THAT(ask_for_more(text).what, Contains("the recording ends after 2 sendings"));
  text.resize(text.rfind("{\"t\""));  // without the closing record
  CHECK_THAT(ask_for_more(text).what, Contains("the recording was cut off after 2 sendings"));
  text.resize(text.rfind("{\"t\""));  // without the reply to STATS
  const auto cut = trace::parse_recording(text, "test");
  REQUIRE(cut);
  auto session = replayed(*cut);
  REQUIRE(session.connect());
  const auto unanswered = session.request(MCL_STATS, {});
  REQUIRE_FALSE(unanswered);
  CHECK_THAT(unanswered.error().what, Contains("cut off before STATS was answered"));
}

TEST_CASE("replay: a silent and an unplugged board are so again", "[trace][replay]") {
  auto agent = counting_agent();
  const bool unplugged = GENERATE(true, false);
  Error live;
  const auto talk = [&](link::Session& session) {
    const auto lost = session.request(MCL_STATS, {});
    REQUIRE_FALSE(lost);
    live = lost.error();
  };
  const auto recording =
      recorded(agent, talk, unplugged ? LineFaults{.unplug_after = 1} : LineFaults{.freeze_after = 1});
  auto session = replayed(recording);
  REQUIRE(session.connect());
  const auto again = session.request(MCL_STATS, {});
  REQUIRE_FALSE(again);
  CHECK(again.error().exit == Exit::link);
  CHECK(again.error().what.substr(0, 20) == live.what.substr(0, 20));
}

TEST_CASE("replay: a restart of the board happens again", "[trace][replay]") {
  auto agent = counting_agent();
  const auto talk = [](link::Session& session) {
    while (session.request(MCL_STATS, {})) {
    }
    REQUIRE(session.restarted());
    REQUIRE(session.connect());
    REQUIRE(session.request(MCL_TOKEN, as_bytes(token_request(1, 0))));
  };
  const auto recording = recorded(agent, talk, {.restart_after = 3});
  auto session = replayed(recording);
  REQUIRE(session.connect());
  talk(session);
}

TEST_CASE("replay: sequence numbers that come again are other requests", "[trace][replay]") {
  auto agent = counting_agent();
  trace::Recording recording;
  constexpr int many = 66'000;
  const auto talk = [](link::Session& session) {
    for (int i = 0; i < many; ++i) REQUIRE(session.request(MCL_STATS, {}));
  };
  recording = recorded(agent, talk);
  auto session = replayed(recording);
  REQUIRE(session.connect());
  talk(session);
  const auto end = session.request(MCL_TOKEN, as_bytes(token_request(1, 0)));
  REQUIRE_FALSE(end);
  CHECK_THAT(end.error().what, Contains("ends after 66001 sendings"));
}

TEST_CASE("replay: a recording without an answer, or with fewer lines, says so", "[trace][replay]") {
  trace::Recording recording;
  recording.lines.push_back({.name = "silent"});
  const auto silent = trace::replay_recording(recording, 0, "replay:x");
  REQUIRE_FALSE(silent);
  CHECK_THAT(silent.error().what, Contains("no board answered"));
  recording.lines.push_back({.name = "a", .events = {{0, trace::Event::Kind::received, {std::byte{1}}}}});
  CHECK(trace::replay_recording(recording, 0, "replay:x"));
  const auto second = trace::replay_recording(recording, 1, "replay:x");
  REQUIRE_FALSE(second);
  CHECK_THAT(second.error().what, Contains("on 1 line, and this command opens another"));
}
