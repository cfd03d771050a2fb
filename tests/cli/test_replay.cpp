// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "model_files.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
using tests::ModelFiles;
using tests::Ran;
using tests::run;

namespace {

// What the screen shows, but for how long it took.
auto without_times(const std::string& text) -> std::string {
  static const std::regex times(R"([0-9.]+ tok/s|in [0-9.]+ s|[0-9.]+ k?M?B/s)");
  return std::regex_replace(text, times, "~");
}

auto contents(const std::string& path) -> std::string {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Runs `words` on a simulated board, recorded, and then against the recording.
void require_same_screen(const ModelFiles& files, const std::vector<std::string>& words,
                         const std::string& input = "") {
  const std::string trace = files.folder / "a.trace";
  auto live = words, again = words;
  live.insert(live.begin(), {"--trace", trace});
  live.insert(live.end(), {"--port", "sim:native"});
  again.insert(again.begin(), {"replay", trace});
  const auto recorded = run(live, input);
  const auto replayed = run(again, input);
  CAPTURE(recorded.err, replayed.err);
  CHECK(recorded.code == 0);
  CHECK(replayed.code == recorded.code);
  CHECK(without_times(replayed.out) == without_times(recorded.out));
  CHECK(without_times(replayed.err) == without_times(recorded.err));
}

}  // namespace

TEST_CASE("replay: a replayed recording gives the screen of the live run", "[cli][replay]") {
  const ModelFiles files;
  require_same_screen(files, {"chat", files.model, "-p", "abc", "--seed", "5"});
  require_same_screen(files, {"chat", files.model, "--seed", "5"}, "/set n 9\nabc\n/set continue on\nde\n/save /dev/null\n");
  require_same_screen(files, {"validate", files.model, "--tokens", "20"});
  require_same_screen(files, {"validate", files.model, "--link"});
  require_same_screen(files, {"validate", "--sweep", "3", "--json"});
  require_same_screen(files, {"flash", files.model, "-q"});
}

TEST_CASE("replay: a noisy line is noisy again, and a wrong board wrong again", "[cli][replay]") {
  const ModelFiles files;
  const std::string trace = files.folder / "a.trace";
  const auto noisy = run({"--trace", trace, "validate", files.model, "--port", "sim:native", "--tokens", "20",
                          "--fault", "flip=1e-3,seed=2"});
  REQUIRE(noisy.code == 0);
  const auto again = run({"replay", trace, "validate", files.model, "--tokens", "20"});
  CAPTURE(noisy.err, again.err);
  CHECK(again.code == 0);
  CHECK(again.out == noisy.out);
  CHECK(noisy.err.find(" 0 retries") == std::string::npos);
  CHECK(again.err.find(" 0 retries") == std::string::npos);

  const std::string liar =
      "exec:" LYING_AGENT " 2 " MCULLM_AGENT " --store '" + (files.folder / "flash") + "'";
  REQUIRE(run({"flash", "--port", liar, files.model}).code == 0);
  const auto caught =
      run({"--trace", trace, "chat", files.model, "--port", liar, "-p", "abc", "--seed", "5"});
  REQUIRE(caught.code == 6);
  const auto caught_again = run({"replay", trace, "chat", files.model, "-p", "abc", "--seed", "5"});
  CHECK(caught_again.code == 6);
  const auto verdict = caught.err.substr(0, caught.err.find('\n'));
  CHECK_THAT(verdict, Contains("THE BOARD IS WRONG"));
  CHECK_THAT(caught_again.err, Contains(verdict));
}

TEST_CASE("replay: another command is refused with the first request that differs", "[cli][replay]") {
  const ModelFiles files;
  const std::string trace = files.folder / "a.trace";
  REQUIRE(
      run({"chat", files.model, "--port", "sim:native", "-p", "abc", "--seed", "5", "--trace", trace}).code ==
      0);
  const auto seed = run({"replay", trace, "chat", files.model, "-p", "abc", "--seed", "6"});
  CHECK(seed.code == 3);
  CHECK_THAT(seed.err, Contains("differs from the recording: recorded GENERATE") &&
                           Contains("random=0000000000000005, now") && Contains("random=0000000000000006"));
  CHECK(run({"replay", trace, "chat", files.other, "-p", "abc", "--seed", "5"}).code == 3);
  CHECK(run({"-q", "replay", trace, "chat", files.model, "-p", "abc", "--seed", "5"}).err.empty());
  CHECK(run({"replay", trace, "--nonsense"}).code == 2);
  CHECK(run({"replay", trace, "nonsense"}).code == 2);
  CHECK(run({"replay", files.folder / "missing"}).code == 3);
}

TEST_CASE("replay: a recording that is cut gives its beginning and a clear error", "[cli][replay]") {
  const ModelFiles files;
  const std::string trace = files.folder / "a.trace", cut = files.folder / "cut.trace";
  const std::vector<std::string> chat = {"chat", files.model, "-p", "abc", "--seed", "5"};
  auto live = chat, again = chat;
  live.insert(live.end(), {"--port", "sim:native", "--trace", trace});
  REQUIRE(run(live).code == 0);
  const auto text = contents(trace);
  again.insert(again.begin(), {"replay", cut});
  for (const double part : {0.3, 0.5, 0.7, 0.9}) {
    std::ofstream(cut) << text.substr(0, static_cast<std::size_t>(part * static_cast<double>(text.size())));
    const auto ran = run(again);
    CAPTURE(part, ran.err);
    CHECK(ran.code == 3);
    CHECK_THAT(ran.err, Contains("the recording was cut off"));
  }
}

TEST_CASE("replay: what was recorded is shown, with the command that replays it", "[cli][replay]") {
  const ModelFiles files;
  const std::string trace = files.folder / "a.trace";
  const auto live = run({"chat", files.model, "--port", "sim:native", "--trace", trace}, "it's\n");
  REQUIRE(live.code == 0);
  const auto shown = run({"replay", trace});
  CHECK(shown.code == 0);
  CHECK_THAT(shown.out, Contains("line 1: sim:native") && Contains("STORE_COMMIT ok model_status=0") &&
                            Contains("GENERATE ok ticks="));
  CHECK_THAT(shown.err, Contains("printf '%s\\n' 'it'\\''s' | mcullm replay ") && Contains(" --seed "));
  CHECK(shown.err.find("--port") == std::string::npos);
  // the seed was made up: the hint names it
  const auto seed = shown.err.substr(shown.err.find("--seed ") + 7);
  const auto again =
      run({"replay", trace, "chat", files.model, "--seed", seed.substr(0, seed.find('\n'))}, "it's\n");
  CHECK(again.out == live.out);
  const auto json = nlohmann::json::parse(run({"replay", trace, "--json"}).out);
  CHECK(json["schema"] == "mcullm.replay.v1");
  CHECK(json["lines"][0]["complete"] == true);
  CHECK(json["lines"][0]["pieces"][0]["frame"] == "HELLO wire=1");
}

TEST_CASE("replay: a recording cannot move the cursor of who looks at it", "[cli][replay]") {
  const ModelFiles files;
  const std::string trace = files.folder / "a.trace";
  std::ofstream(trace)
      << R"({"schema":"mcullm.trace.v1","version":"1\u001b[2J","command":["m","\u001b]0;x"]})"
      << "\n"
      << R"({"t":0,"line":1,"open":"\u001b[2J"})"
      << "\n";
  const auto shown = run({"replay", trace});
  CHECK(shown.code == 0);
  CHECK(shown.out.find('\x1b') == std::string::npos);
  CHECK(shown.err.find('\x1b') == std::string::npos);
}

TEST_CASE("replay: the recorded requests, sent to another board", "[cli][replay]") {
  const ModelFiles files;
  const std::string trace = files.folder / "a.trace";
  REQUIRE(run({"validate", files.model, "--port", "sim:native", "--trace", trace}).code == 0);
  const auto equal = run({"replay", trace, "--against", "sim:native", "--json"});
  CAPTURE(equal.err);
  CHECK(equal.code == 0);
  const auto json = nlohmann::json::parse(equal.out);
  CHECK(json["equal"] == true);
  CHECK(json["compared"] > 100);
  const std::string liar =
      "exec:" LYING_AGENT " 2 " MCULLM_AGENT " --store '" + (files.folder / "flash") + "'";
  const auto lie = run({"replay", trace, "--against", liar});
  CHECK(lie.code == 6);
  CHECK_THAT(lie.err, Contains("recorded ") && Contains("got "));
}

TEST_CASE("trace: a file that cannot be written ends the command before it begins", "[cli][replay]") {
  const auto ran = run({"validate", "--matmul", "1x1", "--trace", "/nonexistent/a.trace"});
  CHECK(ran.code == 2);
  CHECK_THAT(ran.err, Contains("--trace /nonexistent/a.trace"));
}
