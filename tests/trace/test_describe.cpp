// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "tests/link/fake_agent.hpp"
#include "trace/describe.hpp"
#include "trace/message_layout.hpp"

using namespace mcullm;
using tests::Bytes;

namespace {

auto words(std::uint8_t type, const Bytes& payload) -> std::string {
  const auto bytes = tests::as_bytes(payload);
  return trace::describe_frame({.type = type, .payload = {bytes.begin(), bytes.end()}});
}

}  // namespace

TEST_CASE("describe: requests, replies, refusals and events in words", "[trace]") {
  CHECK(words(MCL_STATS, {}) == "STATS");
  CHECK(words(MCL_TOKEN, {0x93, 1, 7, 0}) == "TOKEN token=403 pos=7");
  CHECK(words(MCL_TOKEN | MCL_REPLY, {0, 7, 0, 1, 0, 0, 0xAB, 2, 0, 0, 0, 16, 39, 0, 0}) ==
        "TOKEN ok argmax=7 logits_crc=ab000001 state_crc=00000002 ticks=10000");
  CHECK(words(MCL_PREFILL, {0, 0, 1, 0, 2, 0}) == "PREFILL pos=0 tokens=[2]");
  CHECK(words(MCL_TRACE, {5, 1, 0, 0, 0, 0, 0, 9, 0}) == "TRACE op=q_rope layer=1 first=0 count=9");
  CHECK(words(MCL_TOKEN | MCL_REPLY, {MCL_ERR_STATE, 1, 0, 0, 0, 2, 0, 0, 0}) == "TOKEN STATE a=1 b=2");
  CHECK(words(MCL_EVENT_BUSY, {}) == "BUSY");
  CHECK(words(MCL_EVENT_TOKEN, {3, 7, 0, 1, 0, 0, 0}) == "token index=3 token=7 logits_crc=00000001");
}

TEST_CASE("describe: what is too short, too long or unknown is shown as far as it goes", "[trace]") {
  CHECK(words(MCL_TOKEN, {1, 0, 7}) == "TOKEN token=1 (cut short)");
  CHECK(words(MCL_TOKEN, {1, 0, 7, 0, 9, 9}) == "TOKEN token=1 pos=7 +2 bytes");
  CHECK(words(0x3F, {1, 2}) == "request 0x3f +2 bytes");
  CHECK(words(0x3F | MCL_REPLY, {0, 2}) == "request 0x3f ok +1 bytes");
  CHECK(words(MCL_TOKEN | MCL_REPLY, {}) == "TOKEN without a status");
  CHECK(words(MCL_TOKEN | MCL_REPLY, {99}) == "TOKEN status 99 (cut short)");
  const trace::Piece noise{.seconds = 1, .kind = trace::Event::Kind::received, .bytes = {std::byte{0xAB}}};
  CHECK(trace::describe_piece(noise) == "  1.000000 s  <- ----  1 bytes that are no frame: ab");
}

TEST_CASE("describe: the fields of HELLO fill its reply", "[trace]") {
  int bytes = 0;
  for (const auto& field : trace::find_layout(MCL_HELLO)->reply) bytes += field.width;
  CHECK(bytes == MCL_HELLO_REPLY_BYTES);
}
