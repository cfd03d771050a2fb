// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "recorded.hpp"

using namespace mcullm;
using namespace mcullm::tests;
using Catch::Matchers::Contains;

namespace {

const std::string header = R"({"schema":"mcullm.trace.v1","version":"1","command":["mcullm"]})"
                           "\n";
const std::string opened = header + R"({"t":0.5,"line":1,"open":"a"})"
                                    "\n";

struct Bad {
  std::string defect, text, message;
};

// Named after their defects.
const std::vector<Bad> bad_recordings = {
    {"nothing", "", "line 1: the file is empty"},
    {"another kind of file", "MZ\n", "line 1: not a JSON object"},
    {"JSON of somebody else", "{\"a\":1}\n", "line 1: not a recording"},
    {"a list", "[1]\n", "line 1: not a JSON object"},
    {"a later version",
     R"({"schema":"mcullm.trace.v2","command":[]})"
     "\n",
     "line 1: not a recording"},
    {"no command line",
     R"({"schema":"mcullm.trace.v1"})"
     "\n",
     "line 1: the command line is missing"},
    {"a number in the command line",
     R"({"schema":"mcullm.trace.v1","command":[1]})"
     "\n",
     "line 1: a word"},
    {"no time", header + "{\"line\":1,\"open\":\"a\"}\n", "line 2: \"t\""},
    {"a text as time",
     header + R"({"t":"0","line":1,"open":"a"})"
              "\n",
     "line 2: \"t\""},
    {"time goes back",
     opened + R"({"t":0.4,"line":1,"to":"00"})"
              "\n",
     "line 3: time goes back"},
    {"negative time",
     header + R"({"t":-1,"line":1,"open":"a"})"
              "\n",
     "line 2: time goes back"},
    {"endless time",
     header + R"({"t":1e999,"line":1,"open":"a"})"
              "\n",
     "line 2: not a JSON object"},
    {"bytes before the opening",
     header + R"({"t":0,"line":1,"to":"00"})"
              "\n",
     "line 2: line 1 is not open"},
    {"line 0",
     opened + R"({"t":1,"line":0,"to":"00"})"
              "\n",
     "line 3: line 0 is not open"},
    {"a huge line number",
     opened + R"({"t":1,"line":18446744073709551615,"to":"00"})"
              "\n",
     "is not open"},
    {"a negative line number",
     opened + R"({"t":1,"line":-1,"to":"00"})"
              "\n",
     "line 3: \"line\""},
    {"opened out of order",
     opened + R"({"t":1,"line":3,"open":"c"})"
              "\n",
     "line 3: lines are opened in order"},
    {"a name that is a number",
     header + R"({"t":1,"line":1,"open":1})"
              "\n",
     "line 2: \"open\" has no name"},
    {"half a byte",
     opened + R"({"t":1,"line":1,"to":"000"})"
              "\n",
     "line 3: bytes are pairs"},
    {"a letter that is no digit",
     opened + R"({"t":1,"line":1,"from":"0g"})"
              "\n",
     "line 3: bytes are pairs"},
    {"bytes as a number",
     opened + R"({"t":1,"line":1,"from":12})"
              "\n",
     "line 3: bytes are pairs"},
    {"bytes after the end",
     opened + R"({"t":1,"line":1,"close":true})" + "\n" +
         R"({"t":1,"line":1,"to":"00"})"
         "\n",
     "line 4: line 1 is closed already"},
    {"an unknown happening",
     opened + R"({"t":1,"line":1,"melted":true})"
              "\n",
     "line 3: nothing that is known"},
    {"a note without a text",
     header + R"({"t":1,"note":"seed"})"
              "\n",
     "line 2: a note needs"},
    {"an empty line", opened + "\n", "line 3: not a JSON object"},
};

}  // namespace

TEST_CASE("recording: what a recorder wrote is read back", "[trace]") {
  auto agent = counting_agent();
  const auto recording = recorded(agent, [](link::Session& session) {
    REQUIRE(session.request(MCL_STATS, {}));
    REQUIRE(session.request(MCL_TOKEN, as_bytes(token_request(3, 0))));
  });
  CHECK(recording.version == "1.2.3");
  CHECK((recording.command == std::vector<std::string>{"mcullm", "test"}));
  REQUIRE(recording.lines.size() == 1);
  const auto& line = recording.lines[0];
  CHECK(line.name == "fake");
  CHECK(line.closed);
  CHECK(line.answered());
  REQUIRE(line.events.size() == 6);  // HELLO, STATS, TOKEN and their replies
  double before = 0;
  for (const auto& event : line.events) {
    CHECK(event.seconds >= before);
    before = event.seconds;
    CHECK_FALSE(event.bytes.empty());
  }
}

TEST_CASE("recording: every kind of damage is refused, with its line and its name", "[trace]") {
  for (const auto& bad : bad_recordings) {
    CAPTURE(bad.defect);
    const auto parsed = trace::parse_recording(bad.text, "bad.trace");
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().exit == Exit::input);
    CHECK_THAT(parsed.error().what, Contains("bad.trace: ") && Contains(bad.message));
    CHECK_FALSE(parsed.error().hint.empty());
  }
}

TEST_CASE("recording: cut anywhere it is still one, up to there", "[trace]") {
  auto agent = counting_agent();
  const auto text =
      recorded_text(agent, [](link::Session& session) { REQUIRE(session.request(MCL_STATS, {})); });
  const auto whole = trace::parse_recording(text, "whole");
  REQUIRE(whole);
  const auto first_line = text.find('\n') + 1;
  std::size_t events = 0;
  for (auto length = first_line; length < text.size(); ++length) {
    const auto cut = trace::parse_recording(std::string_view(text).substr(0, length), "cut");
    REQUIRE(cut);
    if (cut->lines.empty()) continue;
    CHECK_FALSE(cut->lines[0].closed);
    CHECK(cut->lines[0].events.size() >= events);
    events = cut->lines[0].events.size();
  }
  CHECK(events == whole->lines[0].events.size());
}

TEST_CASE("recording: a file that is not there is an input error", "[trace]") {
  const auto missing = trace::read_recording("/nonexistent/a.trace");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().exit == Exit::input);
}
