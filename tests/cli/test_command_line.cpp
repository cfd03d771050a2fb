// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "program.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using mcullm::tests::run;

TEST_CASE("command line: help goes to stdout and names every command", "[cli]") {
  for (const auto& arguments : {std::vector<std::string>{"--help"}, {"-h"}, {"help"}}) {
    const auto ran = run(arguments);
    CHECK(ran.code == 0);
    CHECK(ran.err.empty());
    for (const auto* const name : {"chat", "generate", "help"})
      CHECK_THAT(ran.out, Contains("\n  " + std::string(name)));
    CHECK_THAT(ran.out, Contains("First steps:"));
  }
}

TEST_CASE("command line: the help goes from talking over models to boards", "[cli]") {
  const auto help = run({"help"}).out;
  CHECK(help.find("Let a model speak:") < help.find("Prepare a model:"));
  CHECK(help.find("Prepare a model:") < help.find("Work with boards:"));
  CHECK(help.find("Work with boards:") < help.find("More:"));
}

TEST_CASE("command line: what was meant is told for boards and ports as well", "[cli]") {
  CHECK_THAT(run({"validate", "--port", "sim:natvie"}).err, Contains("did you mean 'sim:native'?"));
  CHECK_THAT(run({"validate", "--port", "ttyUSB0"}).err, Contains("did you mean --port /dev/ttyUSB0?"));
  CHECK_THAT(run({"boards", "pcio"}).err, Contains("did you mean 'pico'?"));
  const auto folder = run({"info", "/"});
  CHECK(folder.code == 3);
  CHECK_THAT(folder.err, Contains("/: a folder, not a file"));
  const auto file = run({"validate", "--port", "/etc/passwd"});
  CHECK(file.code == 4);
  CHECK_THAT(file.err, Contains("not a port") && Contains("mcullm list"));
}

TEST_CASE("command line: every command's help has examples", "[cli]") {
  for (const std::string name : {"chat", "generate", "help"}) {
    const auto ran = run({name, "--help"});
    CAPTURE(name);
    CHECK(ran.code == 0);
    CHECK_THAT(ran.out, Contains("Usage: mcullm " + name));
    CHECK_THAT(ran.out, Contains("Examples:\n  mcullm " + name));
    CHECK(run({"help", name}).out == ran.out);
  }
}

TEST_CASE("command line: nothing asked is a usage error that helps", "[cli]") {
  const auto ran = run({});
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, Contains("no command given") && Contains("First steps:"));
}

TEST_CASE("command line: the version names the contracts", "[cli]") {
  const auto ran = run({"--version"});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, StartsWith("mcullm ") && Contains("arithmetic 1") && Contains("wire 1"));
}

TEST_CASE("command line: exit codes are a page of the help", "[cli]") {
  const auto ran = run({"help", "exit-codes"});
  CHECK(ran.code == 0);
  for (const auto* const code : {"0  done", "2  the command line", "6  a result differs", "130  interrupted"})
    CHECK_THAT(ran.out, Contains(code));
}

TEST_CASE("command line: a mistyped command or option is named, with what was meant", "[cli]") {
  const auto command = run({"chta"});
  CHECK(command.code == 2);
  CHECK(command.out.empty());
  CHECK_THAT(command.err, Contains("unknown command 'chta'") && Contains("did you mean 'chat'"));

  const auto option = run({"generate", "x.mcm", "--temprature", "1"});
  CHECK(option.code == 2);
  CHECK_THAT(option.err, Contains("unknown option '--temprature'") && Contains("--temperature"));

  const auto with_value = run({"generate", "x.mcm", "--sede=1"});
  CHECK_THAT(with_value.err, Contains("unknown option '--sede'") && Contains("'--seed'"));

  const auto topic = run({"help", "exit-code"});
  CHECK(topic.code == 2);
  CHECK_THAT(topic.err, Contains("mcullm help exit-codes"));
}

TEST_CASE("command line: wrong values are usage errors that name their option", "[cli]") {
  const auto range = run({"generate", "x.mcm", "-t", "-3"});
  CHECK(range.code == 2);
  CHECK_THAT(range.err, Contains("--temperature") && Contains("mcullm generate --help"));
  CHECK(run({"generate", "x.mcm", "--seed", "abc"}).code == 2);
  for (const auto* const seed : {"-1", "18446744073709551616", "1.5", "7x", ""}) {
    const auto refused = run({"generate", "x.mcm", "--seed", seed});
    CHECK(refused.code == 2);
    CHECK_THAT(refused.err, Contains("--seed") && Contains("whole number from 0 to 18446744073709551615"));
  }
  CHECK(run({"generate", "x.mcm", "--seed", "18446744073709551615"}).code == 3);  // there is no x.mcm
  for (const auto* const temperature : {"nan", "inf", "100.5", "1 ", "-0.1", ""}) {
    const auto refused = run({"generate", "x.mcm", "-t", temperature});
    CHECK(refused.code == 2);
    CHECK_THAT(refused.err, Contains("--temperature") && Contains("is not a number from 0 to 100"));
  }
  CHECK(run({"generate", "x.mcm", "-t", "0.5e1"}).code == 3);
  CHECK(run({"train", "x.txt", "-o", "x.bin", "--steps", "-1"}).code == 2);
  CHECK(run({"generate", "x.mcm", "--engine", "steam"}).code == 2);
  CHECK(run({"generate"}).code == 2);
  CHECK(run({"help", "one", "two"}).code == 2);
  CHECK(run({"--log"}).code == 2);
}

TEST_CASE("command line: global options are understood before and after the command", "[cli]") {
  CHECK(run({"-q", "help", "exit-codes"}).code == 0);
  CHECK(run({"help", "exit-codes", "-q", "--no-color"}).code == 0);
  CHECK(run({"-vv", "help"}).code == 0);
}

TEST_CASE("command line: a file may be called like a command", "[cli]") {
  const auto ran = run({"generate", "chat"});
  CHECK(ran.code == 3);
  CHECK_THAT(ran.err, Contains("chat: no such file"));
}

TEST_CASE("command line: lost output is an error, a reader that leaves is none", "[cli]") {
  const auto full = run({"help", "exit-codes"}, "", ">/dev/full");
  CHECK(full.code == 1);
  CHECK_THAT(full.err, Contains("cannot write to stdout") && !Contains("mcullm report"));
  CHECK(run({"help", "exit-codes"}, "", "| true").code == 0);
}

TEST_CASE("command line: no port and no file takes the place of a stream that is closed", "[cli]") {
  const auto silent = run({"help", "exit-codes"}, "", ">&-");
  CHECK(silent.code == 1);
  CHECK_THAT(silent.err, Contains("cannot write to stdout: Bad file descriptor"));
  const mcullm::tests::ScratchFolder scratch;
  run({"generate", "missing.mcm", "--log", scratch / "log"}, "", "2>&-");
  CHECK(std::filesystem::file_size(scratch / "log") > 20);
}

TEST_CASE("command line: the log keeps what was said, and makes no folder", "[cli]") {
  const mcullm::tests::ScratchFolder scratch;
  const auto refused = run({"generate", "missing.mcm", "--log", scratch / "no/log"});
  CHECK(refused.code == 2);
  CHECK_THAT(refused.err, Contains("--log") && Contains("no such folder"));
  CHECK_FALSE(std::filesystem::exists(scratch / "no"));
  run({"generate", "missing.mcm", "--log", scratch / "log", "-q"});
  CHECK(std::filesystem::file_size(scratch / "log") > 20);
}

TEST_CASE("command line: a recording that a full disk has cut is told of", "[cli]") {
  const auto ran = run({"validate", "--port", "sim:native", "--matmul", "2x2", "--trace", "/dev/full"});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.err, Contains("warning: the recording /dev/full is incomplete: No space left"));
}
