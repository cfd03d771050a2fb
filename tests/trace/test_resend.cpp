// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "recorded.hpp"
#include "trace/resend.hpp"

using namespace mcullm;
using namespace mcullm::tests;

namespace {

void converse(link::Session& session) {
  REQUIRE(session.request(MCL_STATS, {}));
  for (int i = 0; i < 20; ++i) REQUIRE(session.request(MCL_TOKEN, as_bytes(token_request(i, i))));
  REQUIRE(session.request(MCL_LAYER, {}));  // refused
}

auto resent(const trace::Recording& recording, FakeAgent& agent) -> trace::Resent {
  link::Session session(std::make_unique<FakeLine>(agent), impatient());
  auto result = trace::resend(recording.lines[0], session, no_progress);
  REQUIRE(result);
  return *result;
}

}  // namespace

TEST_CASE("resend: an equal board gives equal answers, also after a lossy recording", "[trace][resend]") {
  const double lose = GENERATE(0.0, 0.15);
  auto agent = counting_agent();
  const auto recording = recorded(agent, converse, {.lose = lose, .duplicate = lose, .reorder = lose});
  auto other = counting_agent();
  const auto result = resent(recording, other);
  CHECK(result.requests == 22);
  CHECK(result.compared == 21);  // statistics are the board's own
  CHECK_FALSE(result.difference);
}

TEST_CASE("resend: the first answer that differs is named, and times are none", "[trace][resend]") {
  auto agent = counting_agent();
  const auto recording = recorded(agent, converse);
  auto slower = counting_agent();
  const auto token = slower.commands[MCL_TOKEN];
  slower.commands[MCL_TOKEN] = [token](auto payload) {
    auto reply = token(payload);
    reply[11] = 99;  // ticks
    return reply;
  };
  CHECK_FALSE(resent(recording, slower).difference);
  auto wrong = counting_agent();
  wrong.commands[MCL_TOKEN] = [token](auto payload) {
    auto reply = token(payload);
    if (payload[0] == 7) reply[3] ^= 1;  // logits_crc
    return reply;
  };
  const auto result = resent(recording, wrong);
  REQUIRE(result.difference);
  CHECK(result.difference->request == "TOKEN token=7 pos=7");
  CHECK(result.difference->first_byte == 3);
  CHECK(result.compared == 8);
}
