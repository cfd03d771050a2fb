// SPDX-License-Identifier: MIT
// Each exit code of `mcullm help exit-codes`, and what is said at each level of verbosity.
#include <catch2/catch.hpp>
#include <fstream>

#include "model_files.hpp"

using Catch::Matchers::Contains;
using mcullm::tests::ModelFiles;
using mcullm::tests::run;
using mcullm::tests::Variable;

TEST_CASE("exit codes: each is what its line of the help says", "[cli]") {
  const ModelFiles files;
  const std::string agent = "exec:" MCULLM_AGENT;
  CHECK(run({"boards"}).code == 0);
  CHECK(run({"boards"}, "", ">/dev/full").code == 1);
  CHECK(run({"boards", "--no-such-option"}).code == 2);
  CHECK(run({"info", "/no/such/file"}).code == 3);
  CHECK(run({"validate", "--port", "/dev/no-such-port", "--matmul", "2x2"}).code == 4);
  CHECK(run({"validate", "--port", "exec:true", "--matmul", "2x2"}).code == 5);
  CHECK(run({"validate", "--port", "exec:" LYING_AGENT " 1 " MCULLM_AGENT, "--matmul", "2x2"}).code == 6);
  CHECK(run({"flash", "--port", agent + " --store-bytes 4096", files.model}).code == 7);
  // 130 with list --watch (test_list.cpp)
}

TEST_CASE("exit codes: every failure says what and, on the next line, what to try", "[cli]") {
  for (const auto& words : {std::vector<std::string>{"info", "/no/such/file"},
                            {"validate", "--port", "/dev/no-such-port"},
                            {"validate", "--port", "exec:true", "--matmul", "2x2"},
                            {"chta"}}) {
    const auto ran = run(words);
    CAPTURE(ran.err);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, Contains("error: ") && Contains("\nhint:  "));
  }
}

TEST_CASE("verbosity: -q leaves errors, the default adds notes, -v adds details", "[cli]") {
  const ModelFiles files;
  const std::vector<std::string> chat = {"chat", files.model, "--port", "sim:native", "-p", "abc", "-n", "3"};
  const auto with = [&](const char* flag) {
    auto words = chat;
    words.emplace_back(flag);
    return run(words);
  };
  CHECK(with("-q").err.empty());
  CHECK_THAT(run(chat).err, Contains("verified"));
  CHECK_FALSE(run({"info", "/no/such/file", "-q"}).err.empty());
  std::ofstream(files.folder / "c.toml") << "no-color = true\n";
  const Variable config("MCULLM_CONFIG", files.folder / "c.toml");
  CHECK_THAT(run(chat).err, !Contains("settings from"));
  CHECK_THAT(with("-v").err, Contains("settings from"));
}

TEST_CASE("pipes get neither colours nor cursor movements, whatever TERM says", "[cli]") {
  const ModelFiles files;
  const Variable term("TERM", "xterm-256color");
  for (const auto& words : {std::vector<std::string>{"boards"},
                            {"doctor"},
                            {"info", "/no/such/file"},
                            {"chat", files.model, "--port", "sim:native", "-p", "abc", "-n", "3"}}) {
    const auto ran = run(words);
    CHECK(ran.out.find('\x1b') == std::string::npos);
    CHECK(ran.err.find('\x1b') == std::string::npos);
    CHECK(ran.err.find('\r') == std::string::npos);
  }
}
