// SPDX-License-Identifier: MIT
// Where an option gets its value, seen from outside: the error of `validate` names the port that it tried.
#include <catch2/catch.hpp>
#include <fstream>

#include "model_files.hpp"
#include "program.hpp"

using Catch::Matchers::Contains;
using mcullm::tests::run;
using mcullm::tests::ScratchFolder;
using mcullm::tests::Variable;

namespace {

void write(const std::string& file, const std::string& text) { std::ofstream(file) << text; }

constexpr auto ports = R"(port = "sim:top"
[p]
port = "sim:profile"
)";

// The port that `validate` tried to open: there is none of these names.
auto port_tried(std::vector<std::string> arguments) -> std::string {
  arguments.insert(arguments.begin(), {"validate", "--link"});
  const auto ran = run(arguments);
  const auto start = ran.err.find("sim:");
  const auto end = ran.err.find(": no such");
  if (ran.code != 2 || start == std::string::npos || end == std::string::npos) return ran.err;
  return ran.err.substr(start, end - start);
}

}  // namespace

TEST_CASE("settings: flag over environment over profile over the top of the file", "[cli]") {
  const ScratchFolder scratch;
  write(scratch / "c.toml", ports);
  const std::vector<std::string> file = {"--config", scratch / "c.toml"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), file.begin(), file.end());
    return port_tried(more);
  };
  CHECK(with({}) == "sim:top");
  CHECK(with({"--profile", "p"}) == "sim:profile");
  const Variable variable("MCULLM_PORT", "sim:variable");
  CHECK(with({"--profile=p"}) == "sim:variable");
  CHECK(with({"--profile", "p", "--port", "sim:flag"}) == "sim:flag");
}

TEST_CASE("settings: variables choose file and profile, and XDG_CONFIG_HOME is searched", "[cli]") {
  const ScratchFolder scratch;
  std::filesystem::create_directories(scratch / "mcullm");
  write(scratch / "mcullm/config.toml", ports);
  {
    const Variable home("XDG_CONFIG_HOME", scratch / "");
    CHECK(port_tried({}) == "sim:top");
    const Variable profile("MCULLM_PROFILE", "p");
    CHECK(port_tried({}) == "sim:profile");
  }
  const Variable config("MCULLM_CONFIG", scratch / "mcullm/config.toml");
  CHECK(port_tried({}) == "sim:top");
}

TEST_CASE("settings: a value that an option does not take is blamed on where it stands", "[cli]") {
  const ScratchFolder scratch;
  write(scratch / "c.toml", "\n[slow]\nbaud = -5\n");
  const auto file = run({"chat", "--config", scratch / "c.toml", "--profile", "slow"});
  CHECK(file.code == 3);
  CHECK_THAT(file.err, Contains("c.toml, line 3") && Contains("--baud"));

  const Variable variable("MCULLM_BAUD", "fast");
  const auto environment = run({"chat"});
  CHECK(environment.code == 2);
  CHECK_THAT(environment.err, Contains("--baud") && Contains("MCULLM_BAUD is set to 'fast'"));
}

TEST_CASE("settings: a wrong file stops commands, but not the help that explains it", "[cli]") {
  const ScratchFolder scratch;
  write(scratch / "c.toml", "prot = 'x'\n");
  const Variable config("MCULLM_CONFIG", scratch / "c.toml");
  const auto ran = run({"boards"});
  CHECK(ran.code == 3);
  CHECK_THAT(ran.err, Contains("c.toml, line 1: unknown key 'prot'") && Contains("mcullm help config"));
  CHECK(run({"help", "config"}).code == 0);
  CHECK(run({"boards", "--help"}).code == 0);
  CHECK(run({"--version"}).code == 0);
}

TEST_CASE("settings: flags of the program may stand in the file as well", "[cli]") {
  const ScratchFolder scratch;
  write(scratch / "c.toml", "verbose = 2\nquiet = true\nlog = '" + (scratch / "log") + "'\n");
  const auto ran = run({"boards", "--config", scratch / "c.toml"});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.err, Contains("settings from"));  // said at -v alone
  CHECK(std::filesystem::exists(scratch / "log"));
  const Variable quiet("MCULLM_VERBOSE", "0");
  CHECK(run({"boards", "--config", scratch / "c.toml"}).err.empty());
}

TEST_CASE("settings: seed, more boards and a trace may stand in the file", "[cli]") {
  const mcullm::tests::ModelFiles files;
  const auto text = [&](const std::string& name) {
    return run({"generate", files.model, "-p", "abc", "-n", "40", "--seed", name}).out;
  };
  write(files.folder / "seed.toml", "seed = 7\n");
  CHECK(run({"generate", files.model, "-p", "abc", "-n", "40", "--config", files.folder / "seed.toml"}).out ==
        text("7"));
  CHECK(text("7") != text("8"));

  write(files.folder / "b.toml", "[[bridge]]\nvid = 0xfeed\npid = 0xbeef\nwhat = 'a bridge of mine'\n");
  write(files.folder / "boards.toml", "boards = '" + (files.folder / "b.toml") + "'\n");
  CHECK_THAT(run({"boards", "--json", "--config", files.folder / "boards.toml"}).out,
             Contains("a bridge of mine"));
  {
    const Variable variable("MCULLM_BOARDS", files.folder / "b.toml");
    CHECK_THAT(run({"boards", "--json"}).out, Contains("a bridge of mine"));
    CHECK_THAT(run({"doctor", "--udev"}).out, Contains("feed"));
  }

  const auto trace = files.folder / "t.trace";
  write(files.folder / "trace.toml", "trace = '" + trace + "'\n");
  const std::vector<std::string> with = {"--config", files.folder / "trace.toml"};
  const auto run_with = [&](std::vector<std::string> words) {
    words.insert(words.end(), with.begin(), with.end());
    return run(words);
  };
  CHECK(run_with({"validate", "--port", "sim:native", "--matmul", "2x2"}).code == 0);
  const auto size = std::filesystem::file_size(trace);
  CHECK(size > 100);
  // none of these opens a board, nor may a recording be lost by being replayed
  CHECK(run_with({"help", "json"}).code == 0);
  CHECK(run_with({"__complete", "--", "ch"}).code == 0);
  const auto replayed = run_with({"replay", trace});
  CHECK(replayed.code == 2);
  CHECK_THAT(replayed.err, Contains("would overwrite"));
  CHECK(std::filesystem::file_size(trace) == size);
  CHECK(run({"replay", trace}).code == 0);
}

TEST_CASE("settings: errors are objects for who asks for JSON", "[cli]") {
  for (const auto& arguments : {std::vector<std::string>{"info", "/no/such/file", "--json"},
                                {"info", "--json", "--no-such-option"},
                                {"boards", "no-such-board", "--json"}}) {
    const auto ran = run(arguments);
    CHECK(ran.code != 0);
    CHECK_THAT(ran.out, Contains("\"schema\": \"mcullm.error.v1\"") && Contains("\"hint\"") &&
                            Contains("\"exit_code\": " + std::to_string(ran.code)));
    CHECK_FALSE(ran.err.empty());
  }
}
