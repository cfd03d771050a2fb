// SPDX-License-Identifier: MIT
// WIRE.md sections 1 to 3 as the agent keeps them: at most once, boot ids, lengths, BUSY and ABORT.
#include <catch2/catch.hpp>

#include "fake_board.hpp"
#include "proto/frame.h"

namespace {

auto find(const std::vector<Frame>& frames, std::uint8_t type) -> std::vector<Frame> {
  std::vector<Frame> found;
  for (const auto& frame : frames) {
    if (frame.type == type) found.push_back(frame);
  }
  return found;
}

// A product of 16 x 200 and 200 x 16, one cell at a time.
auto long_matmul() -> Bytes { return Payload().u16(16).u16(200).u16(16).u8(0).u32(0).u16(200); }

}  // namespace

TEST_CASE("device: HELLO tells the board and its limits", "[device][agent]") {
  FakeBoard board({.max_payload = 128, .arena_bytes = 4096});
  const auto hello = board.hello();
  CHECK(hello.wire_version == MCL_WIRE_VERSION);
  CHECK(hello.boot_id != 0);
  CHECK(std::string(hello.board) == "fake");
  CHECK(hello.max_payload == 128);
  CHECK(hello.agent_build != 0);
  CHECK(hello.arena_bytes == 4096);
  CHECK(hello.workspace_bytes == 4096);
  CHECK(hello.store_bytes == board.store.size());
  CHECK(hello.erase_bytes == 4096);
  CHECK(hello.model.status == MCL_MODEL_NONE);
}

TEST_CASE("device: HELLO of an unknown version is answered, other requests of it are not",
          "[device][agent]") {
  FakeBoard board({});
  const std::uint8_t version = 9;
  for (const auto type : {MCL_HELLO, MCL_STATS}) {
    const mcl_frame_t frame = {7, static_cast<std::uint8_t>(type), 1, 0, 1, &version};
    Bytes wire(MCL_WIRE_BYTES(1));
    wire.resize(mcl_frame_encode(wire.data(), &frame));
    board.queue_raw(wire);
    CHECK(board.run().size() == (type == MCL_HELLO ? 1U : 0U));
  }
}

TEST_CASE("device: a repeated request is answered again but executed once", "[device][agent]") {
  FakeBoard board({});
  board.hello();
  board.request(MCL_PUT, Payload().u32(0).u8(1));
  const auto seq = board.queue(MCL_GET, Payload().u32(0).u16(1));
  const auto first = board.run();
  // were the repeat executed, it would read what was put meanwhile behind the agent's back
  board.queue(MCL_GET, Payload().u32(0).u16(100), seq);
  const auto second = board.run();
  REQUIRE(first.size() == 1);
  REQUIRE(second.size() == 1);
  CHECK(second[0].payload == first[0].payload);
  CHECK(board.request(MCL_STATS).u32(9) == 1);
}

TEST_CASE("device: HELLO makes the agent forget the last reply", "[device][agent]") {
  FakeBoard board({});
  board.hello();
  board.queue(MCL_GET, Payload().u32(0).u16(1), 500);
  board.run();
  board.hello();
  board.queue(MCL_GET, Payload().u32(0).u16(2), 500);
  CHECK(board.run().at(0).payload.size() == 3);
}

TEST_CASE("device: another boot id is answered with the right one and not executed", "[device][agent]") {
  FakeBoard board({});
  const auto hello = board.hello();
  board.request(MCL_PUT, Payload().u32(0).u8(42));
  board.boot_id = static_cast<std::uint16_t>(hello.boot_id + 1);
  const auto refused = board.request(MCL_PUT, Payload().u32(0).u8(43));
  CHECK(refused.status() == MCL_ERR_BOOT);
  CHECK(refused.u32(1) == hello.boot_id);
  CHECK(refused.u32(5) == board.boot_id);
  board.boot_id = hello.boot_id;
  CHECK(board.request(MCL_GET, Payload().u32(0).u16(1)).payload.at(1) == 42);
}

TEST_CASE("device: RESET is answered, then the boot id is another one", "[device][agent]") {
  FakeBoard board({});
  const auto before = board.hello();
  CHECK(board.request(MCL_RESET).status() == MCL_OK);
  CHECK(board.request(MCL_STATS).status() == MCL_ERR_BOOT);
  CHECK(board.hello().boot_id != before.boot_id);
}

TEST_CASE("device: unknown types and wrong lengths are refused with what was expected", "[device][agent]") {
  FakeBoard board({});
  board.hello();
  const auto unknown = board.request(0x33 + 2);
  CHECK(unknown.status() == MCL_ERR_COMMAND);
  CHECK(unknown.u32(1) == 0x35);
  const auto shorter = board.request(MCL_MATMUL, Payload().u16(1));
  CHECK(shorter.status() == MCL_ERR_LENGTH);
  CHECK(shorter.u32(1) == 13);
  CHECK(shorter.u32(5) == 2);
  CHECK(board.request(MCL_STATS, Payload().u8(0)).status() == MCL_ERR_LENGTH);
}

TEST_CASE("device: noise, broken frames and replies are dropped in silence and counted", "[device][agent]") {
  FakeBoard board({});
  board.hello();
  board.queue_raw({0, 5, 1, 2, 3, 4, 0, 0, 0, 0xFF, 0});
  board.queue_raw(Bytes(3000, 7));
  board.queue_raw({0});
  board.queue(MCL_STATS | MCL_REPLY, {});
  CHECK(board.run().empty());
  const auto stats = board.request(MCL_STATS);
  CHECK(stats.u32(1) == 3);  // HELLO, the reply, this
  CHECK(stats.u32(5) == 3);
  CHECK(stats.u32(13) == 3);
}

TEST_CASE("device: a repeat during execution is answered by BUSY, other requests are ignored",
          "[device][agent]") {
  FakeBoard board({});
  board.hello();
  const auto seq = board.queue(MCL_MATMUL, long_matmul());
  board.queue(MCL_MATMUL, long_matmul(), seq);
  board.queue(MCL_STATS, {});
  const auto frames = board.run();
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].type == MCL_EVENT_BUSY);
  CHECK(frames[0].seq == seq);
  CHECK(frames[0].payload.empty());
  CHECK(frames[1].type == (MCL_MATMUL | MCL_REPLY));
  CHECK(frames[1].status() == MCL_OK);
}

TEST_CASE("device: ABORT stops the request in work, which answers first", "[device][agent]") {
  FakeBoard board({});
  board.hello();
  const auto seq = board.queue(MCL_MATMUL, long_matmul());
  const auto abort_seq = board.queue(MCL_ABORT, {});
  const auto frames = board.run();
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].seq == seq);
  CHECK(frames[0].status() == MCL_ERR_ABORTED);
  CHECK(frames[1].type == (MCL_ABORT | MCL_REPLY));
  CHECK(frames[1].seq == abort_seq);
  CHECK(frames[1].status() == MCL_OK);
  // the aborted request stays answered
  board.queue(MCL_MATMUL, long_matmul(), seq);
  CHECK(board.run().at(0).status() == MCL_ERR_ABORTED);
  CHECK(board.request(MCL_ABORT).status() == MCL_OK);
}

TEST_CASE("device: a host that has not met the board can stop what another began", "[device][agent]") {
  FakeBoard board({});
  board.hello();
  board.queue(MCL_MATMUL, long_matmul());
  board.boot_id++;
  board.queue(MCL_ABORT, {});
  const auto frames = board.run();
  CHECK(find(frames, MCL_MATMUL | MCL_REPLY).at(0).status() == MCL_ERR_ABORTED);
}

TEST_CASE("device: replies of every length, zeros included, arrive as they were sent", "[device][agent]") {
  FakeBoard board({});
  board.hello();
  const auto fill = GENERATE(0x00, 0x01, 0xFF);
  for (std::uint16_t n = 0; n <= 1020; n++) {
    const Bytes bytes(n, static_cast<std::uint8_t>(fill));
    REQUIRE(board.request(MCL_PUT, Payload().u32(5).bytes(bytes)).status() == MCL_OK);
    const auto got = board.request(MCL_GET, Payload().u32(5).u16(n));
    REQUIRE(Bytes(got.payload.begin() + 1, got.payload.end()) == bytes);
  }
}
