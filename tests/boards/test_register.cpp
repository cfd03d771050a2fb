// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "boards/board_register.hpp"
#include "link/board.hpp"
#include "link/serial_transport.hpp"
#include "sim/open_port.hpp"
#include "sim/simulated_boards.hpp"
#include "train/trainer.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;

namespace {

const std::string good = R"(
[[board]]
id = "a"
title = "A"
chip = "c"
core = "d"
clock_hz = 1
state = "built"
agent_name = "a"
memory = { sram = 1, flash = 2, arena = 3, source = "s" }
place = { weights = "flash", kv = "sram", logits = "sram" }
agent = { file = "f" , model_offset = 0 }
flash = { method = "none" }
link = { kind = "uart", baud = 9600 }
usb = [{ vid = 0x2341, pid = 0x43, what = "u" }]
)";

auto replaced(const std::string& from, const std::string& to) -> std::string {
  auto text = good;
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

auto builtin() -> boards::BoardRegister {
  auto known = boards::load_register("");
  REQUIRE(known);
  return std::move(known).value();
}

}  // namespace

TEST_CASE("boards: a register is read as it stands", "[boards]") {
  const auto read = boards::parse_register(good, "x.toml");
  REQUIRE(read);
  const auto* board = read->find("a");
  REQUIRE(board != nullptr);
  CHECK(board->state == boards::State::built);
  CHECK(board->memory.arena_bytes == 3);
  CHECK(board->places.kv == boards::Place::sram);
  CHECK(board->link.rate_baud == 9600);
  REQUIRE(board->usb.size() == 1);
  CHECK(board->usb[0].vid == 0x2341);
  CHECK_FALSE(board->usb[0].boot_loader);
  CHECK_FALSE(board->train);
  CHECK(read->find("b") == nullptr);
}

TEST_CASE("boards: the host meets every serial line at one of the rates that it tries by itself",
          "[boards]") {
  for (const auto& board : builtin().boards) {
    if (board.link.kind != "uart") continue;
    CAPTURE(board.id, board.link.rate_baud);
    CHECK((board.link.rate_baud == link::fast_rate_baud || board.link.rate_baud == link::safe_rate_baud));
  }
}

TEST_CASE("boards: what is wrong in a register is told with its line", "[boards]") {
  struct Bad {
    std::string text, message;
  };
  const Bad bad = GENERATE(
      Bad{replaced("state = \"built\"", "state = \"good\""), "line 8: 'state' is none of simulated, built"},
      Bad{replaced("clock_hz = 1", "clock_hz = 0"), "'clock_hz' is 0"},
      Bad{replaced("clock_hz = 1", "clock_hz = -1"), "'clock_hz' is not a whole number"},
      Bad{replaced("title = \"A\"", "title = 3"), "line 4: 'title' is not a string"},
      Bad{replaced("title = \"A\"\n", ""), "'title' is missing"},
      Bad{replaced("sram = 1, ", ""), "'sram' is missing"},
      Bad{replaced("source = \"s\"", "source = \"s\", speed = 1"), "'speed' is not a key of this table"},
      Bad{replaced("title", "titel"), "'title' is missing"},
      Bad{replaced("pid = 0x43", "pid = 0x10000"), "'pid' is not a whole number from 0 to 65535"},
      Bad{replaced("method = \"none\"", "method = \"uf2\""), "uf2 needs label, family and base"},
      Bad{replaced("\"built\"", "\"simulated\""), "'simulator' does not say sim:NAME"},
      Bad{replaced("[[board]]", "[board]"), "'board' is not a list of tables"},
      Bad{good + good, "stands there twice"}, Bad{"[[board", "line 1"},
      Bad{"wrong = 1", "'wrong' is not a key"});
  const auto read = boards::parse_register(bad.text, "x.toml");
  REQUIRE_FALSE(read);
  CHECK(read.error().exit == Exit::input);
  CHECK_THAT(read.error().what, Contains("x.toml") && Contains(bad.message));
}

TEST_CASE("boards: names, agents and USB ids are told apart", "[boards]") {
  const auto known = builtin();
  std::set<std::string> ids, agents;
  std::set<std::pair<int, int>> usb;
  for (const auto& bridge : known.bridges) CHECK(usb.emplace(bridge.vid, bridge.pid).second);
  for (const auto& board : known.boards) {
    CAPTURE(board.id);
    CHECK(ids.insert(board.id).second);
    CHECK(agents.insert(board.agent_name).second);
    CHECK(board.agent_name.size() <= MCL_BOARD_NAME_BYTES);
    for (const auto& id : board.usb) CHECK(usb.emplace(id.vid, id.pid).second);
  }
}

TEST_CASE("boards: every simulated board is in the register, and the other way round", "[boards]") {
  const auto known = builtin();
  std::set<std::string> simulators;
  for (const auto& simulated : sim::simulated_boards()) {
    CAPTURE(simulated.name);
    const auto port = std::string("sim:") + simulated.name;
    simulators.insert(port);
    // "sim:pico-uart" is the pico by another line
    CHECK(std::any_of(known.boards.begin(), known.boards.end(), [&](const boards::Board& board) {
      return !board.simulator.empty() && (port == board.simulator || port.starts_with(board.simulator + "-"));
    }));
  }
  for (const auto& board : known.boards) {
    CAPTURE(board.id);
    if (board.state == boards::State::simulated) CHECK(simulators.contains(board.simulator));
  }
}

TEST_CASE("boards: the agent says what the register says", "[boards]") {
  const auto known = builtin();
  auto line = sim::open_port(std::string("exec:") + MCULLM_AGENT);
  REQUIRE(line);
  link::Board board(std::move(*line));
  const auto hello = board.connect();
  REQUIRE(hello);
  const auto* entry = known.find_by_agent_name(hello->board);
  REQUIRE(entry != nullptr);
  CHECK(entry->id == "native");
  CHECK(entry->clock_hz == hello->clock_hz);
}

TEST_CASE("boards: the shapes to train can be trained", "[boards]") {
  for (const auto& board : builtin().boards) {
    CAPTURE(board.id);
    if (board.train) CHECK(train::check_shape(board.train->shape));
  }
}
