// SPDX-License-Identifier: MIT
// What avrdude 7.1 says, and what we make of it. Its words are those of Debian 12's package.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "flash/avrdude.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;

namespace {

const std::string bar(50, '#');

struct Seen {
  std::string phase;
  std::uint64_t done;
};

auto feed(const std::vector<std::string>& pieces) -> std::vector<Seen> {
  std::vector<Seen> seen;
  const ProgressFn listen = [&](const Progress& event) { seen.push_back({event.phase, event.done}); };
  flash::AvrdudeProgress progress(1000, listen);
  for (const auto& piece : pieces) progress.feed(piece);
  return seen;
}

auto error_of(const std::string& output) -> Error { return flash::avrdude_error("/dev/ttyACM0", 1, output); }

}  // namespace

TEST_CASE("avrdude: its bars become progress, however they are cut", "[flash]") {
  const auto whole = feed({"avrdude: writing 1000 bytes flash ...\n\nWriting | " + bar + " | 100% 0.33s\n\n",
                           "Reading | " + bar + " | 100% 0.29s\n"});
  REQUIRE(whole.size() == 100);
  CHECK(whole[0].phase == "writing the agent");
  CHECK(whole[0].done == 20);
  CHECK(whole[49].done == 1000);
  CHECK(whole[50].phase == "comparing the agent");
  CHECK(whole[99].done == 1000);

  std::vector<std::string> bytes;
  for (const char c : "\nWriting | " + bar + " | 100%") bytes.emplace_back(1, c);
  CHECK(feed(bytes).size() == 50);
  CHECK(feed({"##########\n", "Writing something\n"}).empty());
}

TEST_CASE("avrdude: what goes wrong has a name and a remedy", "[flash]") {
  const auto silent = error_of(
      "avrdude: stk500_recv(): programmer is not responding\n"
      "avrdude: stk500_getsync() attempt 10 of 10: not in sync: resp=0x00\n\navrdude done.  Thank you.\n");
  CHECK(silent.exit == Exit::no_device);
  CHECK_THAT(silent.what, Contains("no boot loader answers at /dev/ttyACM0"));
  CHECK_THAT(silent.hint, Contains("--boot-baud"));

  const auto closed = error_of(
      "avrdude OS error: cannot open port /dev/ttyACM0: No such file or directory\n"
      "avrdude error: unable to open programmer arduino on port /dev/ttyACM0\n\navrdude done.  Thank you.\n");
  CHECK(closed.exit == Exit::no_device);
  CHECK_THAT(closed.what, Contains("cannot open /dev/ttyACM0"));

  const auto other_chip = error_of("avrdude error: expected signature for ATmega328P is 1E 95 0F\n");
  CHECK(other_chip.exit == Exit::refused);
  CHECK_THAT(other_chip.what, Contains("no ATmega328P") && Contains("1E 95 0F"));

  const auto worn = error_of("avrdude error: verification mismatch\n         device 0xff != input 0x0c\n");
  CHECK(worn.exit == Exit::mismatch);

  const auto unknown = error_of("avrdude: cosmic rays\navrdude done.  Thank you.\n");
  CHECK(unknown.exit == Exit::link);
  CHECK_THAT(unknown.what, Contains("code 1: avrdude: cosmic rays"));
}

TEST_CASE("avrdude: the plan counts the bytes of the file and says when it is none", "[flash]") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("mcullm-avrdude-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const auto plan = [&](const std::string& text) {
    std::ofstream(folder / "agent.hex") << text;
    return flash::plan_avrdude({.board = {}, .agent = folder / "agent.hex", .port = "/dev/ttyACM0"});
  };
  const auto refused = plan(":0100100001EF\n:00000001FF\n");  // a wrong checksum
  REQUIRE_FALSE(refused);
  CHECK(refused.error().exit == Exit::input);

  const auto good = plan(":020010000102EB\n:00000001FF\n");
  if (!program_in_path("avrdude")) {
    CHECK(good.error().exit == Exit::no_device);
    CHECK_THAT(good.error().hint, Contains("apt-get install avrdude"));
  } else {
    REQUIRE(good);
    CHECK(good->bytes == 18);  // up to the end of the last byte
    CHECK(good->block_bytes == 128);
    CHECK(good->commands.front().back() == "flash:w:" + (folder / "agent.hex").string() + ":i");
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("flash: a board that nobody can flash is refused", "[flash]") {
  boards::Board toaster;
  toaster.id = "toaster";
  const auto programmer = flash::find_programmer(toaster);
  REQUIRE_FALSE(programmer);
  CHECK(programmer.error().exit == Exit::usage);
  CHECK_THAT(programmer.error().what, Contains("toaster"));
}
