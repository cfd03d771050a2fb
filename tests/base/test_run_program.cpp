// SPDX-License-Identifier: MIT
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <string>

#include "base/child_process.hpp"
#include "base/run_program.hpp"

using namespace mcullm;

TEST_CASE("run program: output of both streams, exit code, and no input", "[base]") {
  std::string heard;
  const auto run = run_program({"sh", "-c", "cat; echo out; echo err >&2; exit 7"},
                               [&](std::string_view text) { heard += text; });
  REQUIRE(run);
  CHECK(run->exit_code == 7);
  CHECK(run->output == "out\nerr\n");
  CHECK(heard == run->output);
}

TEST_CASE("run program: what does not exist is no device", "[base]") {
  const auto run = run_program({"mcullm-no-such-program"});
  REQUIRE_FALSE(run);
  CHECK(run.error().exit == Exit::no_device);
  CHECK_FALSE(program_in_path("mcullm-no-such-program"));
  CHECK(program_in_path("sh"));
}

TEST_CASE("run program: a set flag ends it, with what it started", "[base]") {
  std::atomic<bool> cancel = false;
  const auto run = run_program(
      {"sh", "-c", "echo started; sleep 1000"}, [&](std::string_view) { cancel = true; }, &cancel);
  REQUIRE_FALSE(run);
  CHECK(run.error().exit == Exit::cancelled);
}

TEST_CASE("child process: waits so long and no longer, and tells the signal that ended it", "[base]") {
  auto child = ChildProcess::start({"sleep", "1000"}, {});
  REQUIRE(child);
  CHECK_FALSE(child->wait(std::chrono::milliseconds{0}));
  child->signal(SIGTERM);
  CHECK(child->wait(std::chrono::seconds{30}) == 128 + SIGTERM);
}
