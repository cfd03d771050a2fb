// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "model_files.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using tests::ModelFiles;
using tests::run;

namespace {

constexpr auto native = "sim:native";

// A board that keeps its model, as a real one does: an agent with a file as its flash, possibly behind a
// liar.
auto agent_port(const ModelFiles& files, int lie_at = 0) -> std::string {
  const std::string agent = MCULLM_AGENT " --store '" + (files.folder / "flash") + "'";
  if (lie_at == 0) return "exec:" + agent;
  return "exec:" LYING_AGENT " " + std::to_string(lie_at) + " " + agent;
}

}  // namespace

TEST_CASE("chat: one prompt gives on a board what generate gives here", "[cli]") {
  const ModelFiles files;
  const auto here = run({"generate", files.model, "-p", "abc", "--seed", "5", "-t", "0.7", "-n", "0"});
  const auto board = run({"chat", files.model, "--port", native, "-p", "abc", "--seed", "5"});
  CHECK(board.code == 0);
  CHECK(board.out == here.out);
  CHECK_THAT(board.err, Contains("tok/s | ctx ") && Contains("link 0 retries") && Contains("verified "));
}

TEST_CASE("chat: a pipe gets answers on stdout and nothing else", "[cli]") {
  const ModelFiles files;
  const auto ran = run({"chat", files.model, "--port", native, "--seed", "5", "-q"},
                       "abc\n\n/set n 3\n/stats\n/help\nabc\n/bye\nabc\n");
  CHECK(ran.code == 0);
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 2);
  CHECK(ran.out.find(">>>") == std::string::npos);
  CHECK(ran.err.empty());
}

TEST_CASE("chat: a closed stdin ends it", "[cli]") {
  const ModelFiles files;
  const auto ran = run({"chat", files.model, "--port", native}, "", "<&-");
  CHECK(ran.code == 0);
  CHECK(ran.out.empty());
}

TEST_CASE("chat: settings and statistics are talk", "[cli]") {
  const ModelFiles files;
  const auto ran = run({"chat", files.model, "--port", native, "-n", "5"}, "abc\n/stats\n/set\n/help");
  CHECK(ran.code == 0);
  CHECK_THAT(ran.err, Contains("board ") && Contains("temperature  0.7") && Contains("/set continue on|off"));
}

TEST_CASE("chat: a wrong line in a pipe ends it with its exit code", "[cli]") {
  const ModelFiles files;
  const auto ran = run({"chat", files.model, "--port", native}, "/hlep\nabc\n");
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, Contains("unknown command '/hlep'"));
}

TEST_CASE("chat: JSON has the text, the settings and the verdict", "[cli]") {
  const ModelFiles files;
  const auto ran =
      run({"chat", files.model, "--port", native, "-p", "abc", "--seed", "5", "-n", "7", "--json", "-q"});
  REQUIRE(ran.code == 0);
  CHECK(ran.err.empty());
  const auto object = nlohmann::ordered_json::parse(ran.out);
  CHECK(object.begin().key() == "schema");
  CHECK(object["schema"] == "mcullm.chat.v1");
  CHECK(object["settings"]["seed"] == 5);
  CHECK(object["tokens"]["answer"] == 7);
  CHECK(object["ending"] == "length");
  CHECK(object["verified"]["equal"] == true);
  CHECK(object["verified"]["checked"] == object["verified"]["of"]);
  CHECK(object["verified"]["checked"] == object["tokens"]["context_used"]);
  const auto plain =
      run({"chat", files.model, "--port", native, "-p", "abc", "--seed", "5", "-n", "7", "-q"});
  CHECK(object["text"].get<std::string>() + "\n" == plain.out);
}

TEST_CASE("chat: a bad line changes nothing but the time", "[cli]") {
  const ModelFiles files;
  REQUIRE(run({"flash", "--port", agent_port(files), files.model}).code == 0);
  const std::vector<std::string> chat = {"chat", files.model, "--port", agent_port(files),
                                         "-p",   "abc",       "--seed", "5"};
  const auto clean = run(chat);
  REQUIRE(clean.code == 0);
  for (const std::string fault : {"flip=2e-3,drop=1e-3,dup=1e-3", "reset=5"}) {
    auto faulty = chat;
    faulty.insert(faulty.end(), {"--fault", fault});
    const auto ran = run(faulty);
    CAPTURE(fault, ran.err);
    CHECK(ran.code == 0);
    CHECK(ran.out == clean.out);
    if (fault.starts_with("reset")) CHECK_THAT(ran.err, Contains("the board restarted"));
  }
}

TEST_CASE("chat: a board that tells one wrong bit is caught, named, and gives exit code 6", "[cli]") {
  const ModelFiles files;
  REQUIRE(run({"flash", "--port", agent_port(files), files.model}).code == 0);
  std::vector<std::string> chat = {"chat", files.model, "--port", agent_port(files, 2),
                                   "-p",   "abc",       "--seed", "5"};
  const auto caught = run(chat);
  CHECK(caught.code == 6);
  CHECK_THAT(caught.err, Contains("THE BOARD IS WRONG at position") && Contains("logits CRC") &&
                             Contains("mcullm validate"));
  chat.push_back("--no-verify");
  const auto trusted = run(chat);
  CHECK(trusted.code == 0);
  CHECK_THAT(trusted.err, Contains("not verified"));
}

TEST_CASE("chat: somebody's board is not changed, the error names mcullm flash", "[cli]") {
  const ModelFiles files;
  const auto empty = run({"chat", files.model, "--port", agent_port(files), "-p", "abc"});
  CHECK(empty.code == 7);
  CHECK_THAT(empty.err, Contains("none is stored") && Contains("mcullm flash --port"));
  REQUIRE(run({"flash", "--port", agent_port(files), files.other}).code == 0);
  const auto other = run({"chat", files.model, "--port", agent_port(files), "-p", "abc"});
  CHECK(other.code == 7);
  CHECK_THAT(other.err, Contains("another model") && Contains("mcullm flash --port"));
}

TEST_CASE("chat: a text is saved and taken up again", "[cli]") {
  const ModelFiles files;
  const std::string file = files.folder / "story.json";
  const auto saved =
      run({"chat", files.model, "--port", native, "--seed", "5", "-n", "6"}, "abc\n/save " + file + "\n");
  REQUIRE(saved.code == 0);
  REQUIRE(std::filesystem::exists(file));
  const auto whole = run({"chat", files.model, "--port", native, "--seed", "5", "-n", "6", "-q"},
                         "/set continue on\nabc\nde\n");
  const auto loaded =
      run({"chat", files.model, "--port", native, "--seed", "9", "-q"}, "/load " + file + "\nde\n");
  CHECK(loaded.code == 0);
  CHECK(whole.out == saved.out + loaded.out);
  const auto foreign = run({"chat", files.other, "--port", native}, "/load " + file + "\n");
  CHECK(foreign.code == 3);
  CHECK_THAT(foreign.err, Contains("another model"));
}

TEST_CASE("chat: the port may come from the environment", "[cli]") {
  const ModelFiles files;
  ::setenv("MCULLM_PORT", "sim:nonsense", 1);
  const auto ran = run({"chat", files.model, "-p", "abc"});
  ::unsetenv("MCULLM_PORT");
  CHECK(ran.code == 2);
  CHECK_THAT(ran.err, Contains("sim:nonsense"));
}

TEST_CASE("chat: what cannot work is refused with its own exit code", "[cli]") {
  const ModelFiles files;
  const auto json = run({"chat", files.model, "--json"});
  CHECK(json.code == 2);
  CHECK_THAT(json.err, Contains("-p PROMPT"));
  const auto floats = run({"chat", files.floats, "--port", native});
  CHECK(floats.code == 3);
  CHECK_THAT(floats.err, Contains("mcullm quantize"));
  CHECK(run({"chat", files.folder / "missing"}).code == 3);
  CHECK(run({"chat", files.model, "--port", "sim:nonsense"}).code == 2);
  CHECK(run({"chat", files.model, "--port", "/dev/does-not-exist"}).code == 4);
  CHECK(run({"chat", files.model, "--port", "exec:true"}).code == 5);
  CHECK(run({"chat", files.model, "--port", native, "--fault", "flop=1"}).code == 2);
  CHECK(run({"chat", files.model, "--port", native, "-p", std::string(500, 'a')}).code == 2);
}
