// SPDX-License-Identifier: MIT
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "fake_agent.hpp"
#include "link/session.hpp"

using namespace mcullm;
using namespace mcullm::tests;

namespace {

auto open(FakeAgent& agent, const LineFaults& faults = {}, const link::SessionOptions& options = impatient())
    -> link::Session {
  return link::Session(std::make_unique<FakeLine>(agent, faults), options);
}

// Has a STATS that answers 7 and a TOKEN that answers 9.
auto small_agent() -> FakeAgent {
  FakeAgent agent;
  agent.commands[MCL_STATS] = [](auto) { return ok({7}); };
  agent.commands[MCL_TOKEN] = [](auto) { return ok({9}); };
  return agent;
}

// A line with two rates, of which the board hears the second.
class TwoRates : public FakeLine {
 public:
  using FakeLine::FakeLine;
  auto read(std::span<std::byte> into, milliseconds patience) -> std::size_t override {
    if (right_) return FakeLine::read(into, patience);
    std::this_thread::sleep_for(milliseconds{1});
    return 0;
  }
  void write(std::span<const std::byte> bytes) override {
    if (right_) FakeLine::write(bytes);
  }
  auto next_rate() -> bool override {
    right_ = !right_;
    return true;
  }

 private:
  bool right_ = false;
};

auto elapsed(Clock::time_point since) -> milliseconds {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - since);
}

}  // namespace

TEST_CASE("session: a board that is not heard at one rate is found at the other", "[link][session]") {
  auto agent = small_agent();
  link::Session session(std::make_unique<TwoRates>(agent), impatient());
  REQUIRE(session.connect());
  CHECK(session.request(MCL_STATS, {}));
}

TEST_CASE("session: a request gets its reply and is executed once", "[link][session]") {
  auto agent = small_agent();
  auto session = open(agent);
  const auto hello = session.connect();
  REQUIRE(hello);
  CHECK(std::string(hello->board) == "fake");
  const auto reply = session.request(MCL_STATS, {});
  REQUIRE(reply);
  CHECK(reply->status == MCL_OK);
  CHECK(reply->detail_a() == 7);
  CHECK(agent.executed == 1);
  CHECK(session.statistics().requests == 1);
  CHECK(session.statistics().retries == 0);
  CHECK(session.statistics().bytes_sent > 0);
  CHECK(session.statistics().bytes_received > 0);
}

TEST_CASE("session: a refusal is a reply with its numbers", "[link][session]") {
  auto agent = small_agent();
  auto session = open(agent);
  REQUIRE(session.connect());
  const auto reply = session.request(MCL_LAYER, {});
  REQUIRE(reply);
  CHECK(reply->status == MCL_ERR_COMMAND);
  CHECK(reply->detail_a() == MCL_LAYER);
  CHECK(reply->detail_b() == 0);
}

TEST_CASE("session: nobody at the other end is no device, within its patience", "[link][session]") {
  auto agent = small_agent();
  auto session = open(agent, {.freeze_after = 0});
  const auto start = Clock::now();
  const auto hello = session.connect();
  REQUIRE_FALSE(hello);
  CHECK(hello.error().exit == Exit::no_device);
  CHECK(hello.error().what.find("no answer within 0.3 s") != std::string::npos);
  CHECK(elapsed(start) < milliseconds{1300});
}

TEST_CASE("session: an agent of another wire version is refused with both versions", "[link][session]") {
  auto agent = small_agent();
  agent.wire_version = 3;
  auto session = open(agent);
  const auto hello = session.connect();
  REQUIRE_FALSE(hello);
  CHECK(hello.error().exit == Exit::refused);
  CHECK(hello.error().what.find("wire version 3") != std::string::npos);
  CHECK(hello.error().what.find("speaks 1") != std::string::npos);
}

TEST_CASE("session: an agent of another arithmetic is refused with both versions", "[link][session]") {
  auto agent = small_agent();
  agent.hello.arithmetic_version = 9;
  auto session = open(agent);
  const auto hello = session.connect();
  REQUIRE_FALSE(hello);
  CHECK(hello.error().exit == Exit::refused);
  CHECK(hello.error().what.find("arithmetic version 9") != std::string::npos);
  CHECK(hello.error().what.find("version 1") != std::string::npos);
}

TEST_CASE("session: a HELLO with impossible limits is not believed", "[link][session]") {
  auto agent = small_agent();
  agent.hello.max_payload =
      GENERATE(std::uint16_t{0}, std::uint16_t{95}, std::uint16_t{1025}, std::uint16_t{65535});
  auto session = open(agent);
  const auto hello = session.connect();
  REQUIRE_FALSE(hello);
  CHECK(hello.error().exit == Exit::link);
  CHECK(hello.error().what.find("max_payload") != std::string::npos);
}

TEST_CASE("session: a restart of the board is an outcome of its own, found in one round trip",
          "[link][session]") {
  auto agent = small_agent();
  auto session = open(agent);
  REQUIRE(session.connect());
  agent.restart();
  const auto reply = session.request(MCL_STATS, {});
  REQUIRE_FALSE(reply);
  CHECK(reply.error().exit == Exit::link);
  CHECK(session.restarted());
  CHECK(agent.executed == 0);
  CHECK(session.statistics().retries == 0);
  CHECK(session.statistics().restarts == 1);

  REQUIRE(session.connect());
  CHECK_FALSE(session.restarted());
  CHECK(session.request(MCL_STATS, {}));
  CHECK(agent.executed == 1);
}

TEST_CASE("session: an unplugged board is noticed at once", "[link][session]") {
  auto agent = small_agent();
  link::SessionOptions patient;  // the limits of real boards
  auto session = open(agent, {.unplug_after = 1}, patient);
  REQUIRE(session.connect());
  const auto start = Clock::now();
  const auto reply = session.request(MCL_STATS, {});
  REQUIRE_FALSE(reply);
  CHECK(reply.error().exit == Exit::link);
  CHECK(reply.error().what.find("gone") != std::string::npos);
  CHECK(elapsed(start) < milliseconds{2000});
}

TEST_CASE("session: a board that falls silent ends the request at its deadline", "[link][session]") {
  auto agent = small_agent();
  auto session = open(agent, {.freeze_after = 1});
  REQUIRE(session.connect());
  const auto start = Clock::now();
  const auto reply = session.request(MCL_STATS, {});
  REQUIRE_FALSE(reply);
  CHECK(reply.error().exit == Exit::link);
  CHECK(reply.error().what.find("silent for 0.4 s") != std::string::npos);
  CHECK(elapsed(start) < milliseconds{1400});
  CHECK_FALSE(session.restarted());
}

TEST_CASE("session: BUSY keeps a long computation alive beyond the silence allowed", "[link][session]") {
  auto agent = small_agent();
  agent.compute_time = milliseconds{700};
  auto options = impatient();
  options.round_trip = {.first = milliseconds{20}, .least = milliseconds{20}, .most = milliseconds{100}};
  options.compute.silence = milliseconds{250};
  auto session = open(agent, {}, options);
  REQUIRE(session.connect());
  const auto reply = session.request(MCL_TOKEN, {});
  REQUIRE(reply);
  CHECK(reply->detail_a() == 9);
  CHECK(agent.executed == 1);
  CHECK(session.statistics().busy_events >= 3);
}

TEST_CASE("session: a computation without an end is ended by the total deadline", "[link][session]") {
  auto agent = small_agent();
  agent.compute_time = std::chrono::hours{1};
  auto options = impatient();
  options.round_trip = {.first = milliseconds{5}, .least = milliseconds{5}, .most = milliseconds{20}};
  options.compute = {milliseconds{200}, milliseconds{300}};
  auto session = open(agent, {}, options);
  REQUIRE(session.connect());
  const auto start = Clock::now();
  const auto reply = session.request(MCL_TOKEN, {});
  REQUIRE_FALSE(reply);
  CHECK(reply.error().exit == Exit::link);
  CHECK(elapsed(start) < milliseconds{1300});
}

TEST_CASE("session: the cancel flag aborts the request, and the next one works", "[link][session]") {
  const auto lose = GENERATE(0.0, 0.3);
  auto agent = small_agent();
  agent.compute_time = std::chrono::hours{1};
  std::atomic<bool> cancel{false};
  auto options = impatient();
  options.cancel = &cancel;
  options.round_trip = {.first = milliseconds{5}, .least = milliseconds{5}, .most = milliseconds{20}};
  auto session = open(agent, {.lose = lose}, options);
  REQUIRE(session.connect());
  std::jthread ctrl_c([&] {
    std::this_thread::sleep_for(milliseconds{50});
    cancel = true;
  });
  const auto start = Clock::now();
  const auto reply = session.request(MCL_TOKEN, {});
  ctrl_c.join();
  CHECK((reply ? reply->status == MCL_ERR_ABORTED : reply.error().exit == Exit::cancelled));
  CHECK(elapsed(start) < milliseconds{600});
  CHECK(agent.aborted == 1);

  CHECK(session.request(MCL_STATS, {}).error().exit == Exit::cancelled);  // as long as the flag is up
  cancel = false;
  CHECK(session.request(MCL_STATS, {}));
  CHECK(agent.executed == 1);
}

TEST_CASE("session: a board that still works for an earlier session is taken over", "[link][session]") {
  auto agent = small_agent();
  agent.compute_time = std::chrono::hours{1};
  auto options = impatient();
  options.compute = {milliseconds{20}, milliseconds{20}};
  {
    auto killed = open(agent, {}, options);
    REQUIRE(killed.connect());
    REQUIRE_FALSE(killed.request(MCL_TOKEN, {}));
  }
  auto session = open(agent);
  const auto hello = session.connect();
  REQUIRE(hello);
  CHECK(agent.aborted == 1);
  CHECK(session.request(MCL_STATS, {}));
}

TEST_CASE("session: events reach the listener and are only hints", "[link][session]") {
  auto agent = small_agent();
  auto* const raw = &agent;
  auto session = open(agent);
  REQUIRE(session.connect());
  std::vector<int> seen;
  const auto reply = session.request(
      MCL_STATS, {}, [&](std::uint8_t type, std::span<const std::byte>) { seen.push_back(type); });
  REQUIRE(reply);
  CHECK(seen.empty());
  raw->compute_time = milliseconds{60};
  REQUIRE(session.request(MCL_TOKEN, {}, [&](std::uint8_t type, auto) { seen.push_back(type); }));
  CHECK_FALSE(seen.empty());
  CHECK(seen.front() == MCL_EVENT_BUSY);
}

TEST_CASE("session: a reply without a status is an error, not a crash", "[link][session]") {
  auto agent = small_agent();
  agent.commands[MCL_STATS] = [](auto) { return Bytes{}; };
  auto session = open(agent);
  REQUIRE(session.connect());
  const auto reply = session.request(MCL_STATS, {});
  REQUIRE_FALSE(reply);
  CHECK(reply.error().exit == Exit::link);
}
