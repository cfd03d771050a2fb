// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "fake_agent.hpp"
#include "link/session.hpp"
#include "proto/bytes.h"

using namespace mcullm;
using namespace mcullm::tests;

TEST_CASE("at most once: loss, duplication and reordering execute nothing twice and lose nothing", "[link]") {
  constexpr std::uint32_t commands = 1'000'000;
  std::vector<int> executions(commands);
  FakeAgent agent;
  agent.commands[MCL_GET] = [&](std::span<const std::uint8_t> payload) {
    const auto id = mcl_get_u32(payload.data());
    ++executions[id];
    return ok({id});
  };
  auto line = std::make_unique<FakeLine>(agent, LineFaults{.lose = 0.1, .duplicate = 0.1, .reorder = 0.05});
  link::Session session(std::move(line), impatient());
  REQUIRE(session.connect());
  std::uint32_t wrong = 0;
  for (std::uint32_t id = 0; id < commands; ++id) {
    Bytes payload(4);
    mcl_put_u32(payload.data(), id);
    const auto reply = session.request(MCL_GET, as_bytes(payload));
    wrong += !reply || reply->status != MCL_OK || reply->detail_a() != id;
  }
  CHECK(wrong == 0);
  CHECK(std::ranges::count(executions, 1) == commands);
  CHECK(session.statistics().retries > commands / 10);
}

TEST_CASE("at most once: two thousand fault schedules, none hangs and none lies", "[link]") {
  constexpr int schedules = 2000;
  auto options = impatient();
  options.round_trip.most = std::chrono::microseconds{100};
  options.open_patience = options.takeover_patience = milliseconds{4};
  options.hello_interval = milliseconds{1};
  options.control = {milliseconds{3}, milliseconds{12}};
  std::mt19937_64 random(99);
  int completed = 0, failed = 0, slow = 0;
  for (int i = 0; i < schedules; ++i) {
    FakeAgent agent;
    std::uint32_t last_executed = 0;
    agent.commands[MCL_GET] = [&](std::span<const std::uint8_t> payload) {
      const auto id = mcl_get_u32(payload.data());
      last_executed = std::max(last_executed, id);
      return ok({id});
    };
    LineFaults faults{.seed = random()};
    faults.lose = static_cast<double>(random() % 60) / 100;
    faults.duplicate = static_cast<double>(random() % 50) / 100;
    const auto when = 1 + random() % 20;
    switch (random() % 4) {
      case 0:
        faults.freeze_after = when;
        break;
      case 1:
        faults.restart_after = when;
        break;
      case 2:
        faults.unplug_after = when;
        break;
      default:
        break;
    }
    link::Session session(std::make_unique<FakeLine>(agent, faults), options);
    const auto start = Clock::now();
    bool alive = static_cast<bool>(session.connect());
    for (std::uint32_t id = 1; alive && id <= 5; ++id) {
      Bytes payload(4);
      mcl_put_u32(payload.data(), id);
      const auto reply = session.request(MCL_GET, as_bytes(payload));
      alive = static_cast<bool>(reply);
      if (!alive) REQUIRE(reply.error().exit == Exit::link);
      if (alive) REQUIRE(reply->detail_a() == id);
      if (alive) REQUIRE(last_executed == id);
    }
    (alive ? completed : failed) += 1;
    slow += Clock::now() - start > milliseconds{4 + 5 * 12 + 1000};
  }
  CHECK(slow == 0);
  CHECK(completed > schedules / 10);
  CHECK(failed > schedules / 10);
}
