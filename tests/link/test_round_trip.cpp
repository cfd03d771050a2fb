// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "link/piece_size.hpp"
#include "link/round_trip.hpp"

using namespace mcullm::link;
using namespace std::chrono_literals;

TEST_CASE("round trip: the time-out follows what was measured, within its limits", "[link]") {
  const RoundTripLimits limits{.first = 500ms, .least = 40ms, .most = 2000ms};
  RoundTrip trip(limits);
  CHECK(trip.timeout() == 500ms);
  for (int i = 0; i < 50; ++i) trip.measured(1ms, false);
  CHECK(trip.timeout() == 40ms);
  for (int i = 0; i < 50; ++i) trip.measured(i % 2 == 0 ? 90ms : 110ms, false);
  CHECK(trip.timeout() > 110ms);
  CHECK(trip.timeout() < 200ms);
  for (int i = 0; i < 50; ++i) trip.measured(10s, false);
  CHECK(trip.timeout() == 2000ms);
}

TEST_CASE("round trip: each time-out doubles the next one, up to the limit", "[link]") {
  RoundTrip trip({.first = 100ms, .least = 40ms, .most = 350ms});
  trip.timed_out();
  CHECK(trip.timeout() == 200ms);
  trip.timed_out();
  CHECK(trip.timeout() == 350ms);
  trip.measured(20ms, true);
  CHECK(trip.timeout() < 100ms);
}

TEST_CASE("round trip: a reply to an earlier sending teaches nothing, one to the last sending does",
          "[link]") {
  RoundTrip trip({.first = 100ms, .least = 1ms, .most = 5s});
  for (int i = 0; i < 50; ++i) trip.measured(100ms, false);
  trip.timed_out();
  const auto longer = trip.timeout();
  trip.measured(3ms, true);
  CHECK(trip.timeout() == longer);
  for (int i = 0; i < 50; ++i) trip.measured(400ms, true);
  CHECK(trip.timeout() > 400ms);
  CHECK(trip.timeout() < 500ms);
}

TEST_CASE("piece size: shrinks on a noisy line, grows again on a clean one", "[link]") {
  PieceSize piece(1000);
  CHECK(piece.get() == 1000);
  piece.sent(1);
  CHECK(piece.get() == 1000);
  for (int i = 0; i < 20; ++i) piece.sent(3);
  CHECK(piece.get() == 32);
  for (int i = 0; i < 200; ++i) piece.sent(0);
  CHECK(piece.get() == 1000);
}
