// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../cli/program.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
using tests::run;

TEST_CASE("boards: one board or all, for people and for scripts", "[boards]") {
  const auto all = run({"boards"});
  CHECK(all.code == 0);
  CHECK_THAT(all.out, Contains("uno") && Contains("pico2") && Contains("sim:native"));
  const auto one = run({"boards", "pico"});
  CHECK(one.code == 0);
  CHECK_THAT(one.out,
             Contains("RP2040") && Contains("RPI-RP2, UF2 family e48bff56") && Contains("2e8a:0003"));

  const auto json = nlohmann::ordered_json::parse(run({"boards", "uno", "--json"}).out);
  CHECK(json["schema"] == "mcullm.boards.v1");
  REQUIRE(json["boards"].size() == 1);
  CHECK(json["boards"][0]["usb"][0]["vid"] == "2341");
  CHECK(json["boards"][0]["places"]["kv"] == "card");
}

TEST_CASE("boards: a file of one's own replaces and adds", "[boards]") {
  const tests::ScratchFolder folder;
  const auto file = folder / "mine.toml";
  std::ofstream(file) << R"(
[[board]]
id = "pico"
title = "mine"
chip = "RP2040 at 250 MHz"
core = "2 x Cortex-M0+"
clock_hz = 250000000
state = "built"
agent_name = "rp2040"
memory = { sram = 1, flash = 2, arena = 3, source = "s" }
place = { weights = "flash", kv = "sram", logits = "sram" }
agent = { file = "f", model_offset = 0 }
flash = { method = "none" }
link = { kind = "uart" }
)";
  const auto mine = run({"boards", "--boards", file});
  CHECK(mine.code == 0);
  CHECK_THAT(mine.out, Contains("250 MHz") && Contains("built, not run") && Contains("uno"));
  CHECK_THAT(run({"boards", "pico"}).out, Contains("133 MHz"));

  std::ofstream(file) << "[[board]]\nid = \"pico\"\n";
  const auto broken = run({"boards", "--boards", file});
  CHECK(broken.code == 3);
  CHECK_THAT(broken.err, Contains("mine.toml: board 'pico', line 1: 'title' is missing"));
}

TEST_CASE("boards: an unknown board is an error that tells the known ones", "[boards]") {
  const auto ran = run({"boards", "picco"});
  CHECK(ran.code == 2);
  CHECK_THAT(ran.err, Contains("no board is called 'picco'") && Contains("did you mean 'pico'?") &&
                          Contains("there is native, uno, pico,"));
}
