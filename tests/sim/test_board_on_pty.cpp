// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <string>

#include "link/board.hpp"
#include "sim/board_command.hpp"
#include "sim/board_on_pty.hpp"
#include "sim/open_port.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;

namespace {

auto hello_at(const std::string& path) -> Result<mcl_hello_t> {
  auto line = sim::open_port(path);
  if (!line) return line.error();
  return link::Board(std::move(line).value(), {.open_patience = std::chrono::seconds{30}}).connect();
}

}  // namespace

TEST_CASE("board on a pty: its port is opened, closed and opened again", "[sim]") {
  const auto native = sim::find_simulated_board("native");
  REQUIRE(native);
  const auto board = sim::BoardOnPty::start(**native, {});
  REQUIRE(board);
  const auto first = hello_at((*board)->path());
  REQUIRE(first);
  CHECK(std::string(first->board) == "native");
  const auto second = hello_at((*board)->path());
  REQUIRE(second);
  CHECK(second->boot_id == first->boot_id);  // it has no reset line
  CHECK_FALSE((*board)->wait(std::chrono::milliseconds{0}));
}

TEST_CASE("board on a pty: what answered a host that is gone does not reach the next one", "[sim]") {
  const auto native = sim::find_simulated_board("native");
  REQUIRE(native);
  const auto board = sim::BoardOnPty::start(**native, {});
  REQUIRE(board);
  {
    auto line = sim::open_port((*board)->path());
    REQUIRE(line);
    link::Board noisy(std::move(line).value(), {.open_patience = std::chrono::seconds{30}});
    REQUIRE(noisy.connect());
    const std::byte garbage[] = {std::byte{1}, std::byte{2}, std::byte{3}};
    noisy.transport().write(garbage);  // half a frame
  }
  CHECK(hello_at((*board)->path()));
}

TEST_CASE("simulated port: options stand behind commas", "[sim]") {
  const auto plain = sim::parse_simulated_port("uno");
  REQUIRE(plain);
  CHECK(std::string(plain->first->name) == "uno");
  CHECK(plain->second.store.empty());

  const auto all = sim::parse_simulated_port("uno,empty,realtime,store=a=b.img,report=r");
  REQUIRE(all);
  CHECK(all->second.empty);
  CHECK(all->second.realtime);
  CHECK(all->second.store == "a=b.img");
  CHECK(all->second.report == "r");

  for (const std::string text : {"toaster", "uno,", "uno,emtpy", "uno,store", "uno,store=", "uno,=x"}) {
    CAPTURE(text);
    const auto refused = sim::parse_simulated_port(text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().exit == Exit::usage);
  }
}

TEST_CASE("simulated port: a board refuses the options that it does not have", "[sim]") {
  const auto native = sim::find_simulated_board("native");
  REQUIRE(native);
  for (const auto& options : {sim::BoardOptions{.empty = true}, sim::BoardOptions{.realtime = true},
                              sim::BoardOptions{.report = "r"}}) {
    const auto refused = sim::board_command(**native, options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().exit == Exit::usage);
    CHECK_THAT(refused.error().what, Contains("sim:native"));
  }
}
