// SPDX-License-Identifier: MIT
// An Uno as it comes out of its box, and the commands that a person gives it, one after the other.
#include <catch2/catch.hpp>
#include <string>

#include "base/installed_file.hpp"
#include "base/run_program.hpp"
#include "sim/board_on_pty.hpp"
#include "tests/cli/program.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
using tests::run;

namespace {

const std::string model = MCULLM_SOURCE_DIR "/proto/vectors/gqa-w8-k8v8.mcm";

// What is missing for this test; empty when nothing is.
auto missing() -> std::string {
  if (!program_in_path("avrdude")) return "avrdude (apt-get install avrdude)";
  if (!find_installed("optiboot.hex"))
    return "optiboot.hex (apt-get install gcc-avr arduino-core-avr, build again)";
  if (!find_installed("agent-atmega328p.hex"))
    return "agent-atmega328p.hex (apt-get install gcc-avr avr-libc)";
  return "";
}

}  // namespace

TEST_CASE("desk: an empty Uno is flashed, takes a model and tells its story", "[sim_uno][desk]") {
  if (const auto what = missing(); !what.empty()) {
    WARN("SKIPPED: no " + what);
    return;
  }
  const tests::ScratchFolder folder;
  const auto uno = sim::find_simulated_board("uno");
  REQUIRE(uno);
  const auto card = folder / "card.img";
  {
    const auto board = sim::BoardOnPty::start(**uno, {.store = card, .empty = true});
    REQUIRE(board);
    const auto port = (*board)->path();

    const auto early = run({"chat", "--port", port, model, "-p", "abc"});
    CHECK(early.code == 4);  // nothing but the boot loader there

    const auto flashed = run({"flash", "--board", "uno", "--port", port, model});
    INFO(flashed.err);
    REQUIRE(flashed.code == 0);
    CHECK_THAT(flashed.out, Contains("written and compared") && Contains("the board runs it"));
    CHECK_THAT(flashed.err, Contains("writing the agent") && Contains("comparing the agent") &&
                                Contains("storing the model"));

    const auto told = run({"chat", "--port", port, model, "-p", "abc", "-n", "6", "--seed", "5"});
    INFO(told.err);
    REQUIRE(told.code == 0);
    CHECK_THAT(told.err, Contains("verified 10/10"));
    const auto here = run({"chat", "--port", "sim:native", model, "-p", "abc", "-n", "6", "--seed", "5"});
    CHECK(told.out == here.out);
  }
  // the card is kept: another chip finds the model on it
  const auto again = run({"flash", "--port", "sim:uno,store=" + card, model});
  CHECK(again.out == "the board runs this model already; nothing to do\n");
}

TEST_CASE("desk: a card written without the board is one that the board reads", "[sim_uno][desk]") {
  if (!find_installed("agent-atmega328p.elf")) {
    WARN("SKIPPED: no agent-atmega328p.elf (apt-get install gcc-avr avr-libc)");
    return;
  }
  const tests::ScratchFolder folder;
  const auto card = folder / "card.img";
  REQUIRE(run({"image", "--sd", card, model}).code == 0);
  CHECK(std::filesystem::file_size(card) == 2 << 20);
  const auto there = run({"flash", "--port", "sim:uno,store=" + card, model, "--dry-run"});
  CHECK(there.out == "the board runs this model already; nothing to do\n");
  const auto checked = run({"validate", "--port", "sim:uno,store=" + card, model, "--tokens", "4"});
  CHECK(checked.code == 0);
  CHECK(checked.err.find("storing the model") == std::string::npos);

  const auto small = run({"image", "--sd", card, "--size", "512K", model});
  CHECK(small.code == 2);
  CHECK_THAT(small.err, Contains("no card's capacity"));
  CHECK(run({"image", "--sd", card, "--size", "1000001", model}).code == 2);
  CHECK(run({"image", "--sd", card, "--size", "64M", model}).code == 0);
  CHECK(std::filesystem::file_size(card) == std::uintmax_t{64} << 20);
  CHECK(run({"image", "--sd", card, MCULLM_SOURCE_DIR "/LICENSE"}).code == 3);
}

TEST_CASE("desk: a profile tells parts, memory and the floor of the wire", "[sim_uno][desk]") {
  if (!find_installed("agent-atmega328p.elf")) {
    WARN("SKIPPED: no agent-atmega328p.elf (apt-get install gcc-avr avr-libc)");
    return;
  }
  const auto ran = run({"profile", "--port", "sim:uno", model, "--pos", "5"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  for (const auto* const part : {"q k v", "attention", "Wo", "feed-forward", "classifier", "KV write",
                                 "norms", "sampling", "wire floor", "SRAM in all", "flash "})
    CHECK_THAT(ran.out, Contains(part));
  CHECK(run({"profile", "--port", "sim:uno", model, "--pos", "32"}).code == 2);
}
