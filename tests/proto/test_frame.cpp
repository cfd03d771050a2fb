// SPDX-License-Identifier: MIT
#include <array>
#include <catch2/catch.hpp>
#include <cstring>

#include "frame_damage.hpp"
#include "proto/crc32.h"
#include "proto/frame.h"

using namespace mcullm::tests;

namespace {

// A receiver for payloads of up to `max_payload` bytes.
struct Receiver {
  explicit Receiver(std::size_t max_payload = MCL_PAYLOAD_MAX)
      : buffer(MCL_COBS_MAX(MCL_FRAME_BYTES(max_payload))) {
    mcl_receiver_init(&state, buffer.data(), static_cast<std::uint16_t>(buffer.size()));
  }
  // Frames that came out, as their sequence numbers.
  auto push(const std::uint8_t* bytes, std::size_t size) -> std::vector<int> {
    std::vector<int> frames;
    mcl_frame_t frame{};
    for (std::size_t i = 0; i < size; ++i) {
      if (mcl_receiver_push(&state, bytes[i], &frame) != 0) frames.push_back(frame.seq);
    }
    return frames;
  }
  auto push(const Wire& wire) -> std::vector<int> { return push(wire.bytes.data(), wire.size); }

  std::vector<std::uint8_t> buffer;
  mcl_receiver_t state{};
};

auto one_frame(std::size_t payload, std::uint16_t seq = 7) -> SampleFrame {
  SampleFrame frame;
  frame.type = 0x10;
  frame.seq = seq;
  frame.payload.resize(payload);
  for (std::size_t i = 0; i < payload; ++i) frame.payload[i] = static_cast<std::uint8_t>(i * 37 % 251);
  mcl_frame_t raw{};
  raw.version = MCL_WIRE_VERSION;
  raw.type = frame.type;
  raw.seq = seq;
  raw.payload_len = static_cast<std::uint16_t>(payload);
  raw.payload = frame.payload.data();
  frame.wire.size = mcl_frame_encode(frame.wire.bytes.data(), &raw);
  return frame;
}

}  // namespace

TEST_CASE("frame: every payload length comes back and stays within its bounds", "[proto][frame]") {
  Receiver receiver;
  for (std::size_t length = 0; length <= MCL_PAYLOAD_MAX; ++length) {
    const auto frame = one_frame(length);
    REQUIRE(frame.wire.size <= MCL_WIRE_BYTES(length));
    REQUIRE(frame.wire.bytes[0] == 0);
    REQUIRE(frame.wire.bytes[frame.wire.size - 1] == 0);
    REQUIRE(std::memchr(&frame.wire.bytes[1], 0, frame.wire.size - 2) == nullptr);
    mcl_frame_t found{};
    int count = 0;
    for (std::size_t i = 0; i < frame.wire.size; ++i)
      count += mcl_receiver_push(&receiver.state, frame.wire.bytes[i], &found);
    REQUIRE(count == 1);
    REQUIRE(frame.equals(found));
  }
  CHECK(receiver.state.dropped == 0);
}

TEST_CASE("frame: a receiver takes what fits its buffer and drops what does not", "[proto][frame]") {
  Receiver receiver(MCL_HELLO_MAX);
  CHECK(receiver.push(one_frame(MCL_HELLO_MAX, 1).wire) == std::vector{1});
  CHECK(receiver.push(one_frame(MCL_HELLO_MAX + 10, 2).wire).empty());
  CHECK(receiver.state.dropped == 1);
  CHECK(receiver.push(one_frame(3, 3).wire) == std::vector{3});
}

TEST_CASE("frame: endless noise without a zero fills nothing but the buffer", "[proto][frame]") {
  Receiver receiver(MCL_HELLO_MAX);
  const std::vector<std::uint8_t> noise(100'000, 0xAA);
  CHECK(receiver.push(noise.data(), noise.size()).empty());
  CHECK(receiver.push(one_frame(5, 9).wire) == std::vector{9});
  CHECK(receiver.state.dropped == 1);
}

TEST_CASE("frame: one zero between two frames is enough, many are no harm", "[proto][frame]") {
  const auto first = one_frame(20, 1), second = one_frame(30, 2);
  Receiver receiver;
  CHECK(receiver.push(first.wire.bytes.data(), first.wire.size) == std::vector{1});
  CHECK(receiver.push(&second.wire.bytes[1], second.wire.size - 1) == std::vector{2});
  const std::array<std::uint8_t, 5> zeros{};
  CHECK(receiver.push(zeros.data(), zeros.size()).empty());
  CHECK(receiver.push(first.wire) == std::vector{1});
  CHECK(receiver.state.dropped == 0);
}

TEST_CASE("frame: the length field is checked before anything is read", "[proto][frame]") {
  // a frame whose CRC is right and whose length lies, as a wrong encoder would make it
  for (const int lie : {-3, -1, 1, 2, 1000}) {
    std::array<std::uint8_t, MCL_FRAME_BYTES(4)> raw = {1, 0x10, 5, 0, 0, 0, 0, 0, 1, 2, 3, 4};
    raw[4] = static_cast<std::uint8_t>(4 + lie);
    raw[5] = static_cast<std::uint8_t>((4 + lie) >> 8);
    const auto crc = mcl_crc32(0, raw.data(), raw.size() - 4);
    std::memcpy(&raw[12], &crc, 4);
    std::array<std::uint8_t, 32> wire{};
    const auto size = mcl_cobs_encode(&wire[1], raw.data(), raw.size());
    Receiver receiver;
    CHECK(receiver.push(wire.data(), size + 2).empty());
    CHECK(receiver.state.dropped == 1);
  }
}

TEST_CASE("frame: after any damage the next good frame is delivered", "[proto][frame]") {
  FastRandom random(3);
  const auto frames = sample_frames(64, 60, random);
  const auto good = one_frame(25, 4711);
  for (int i = 0; i < 40'000; ++i) {
    Receiver receiver;
    auto wire = frames[random.below(64)].wire;
    damage(wire, frames[random.below(64)].wire, static_cast<Damage>(i % static_cast<int>(Damage::count)),
           random);
    receiver.push(wire);
    const auto delivered = receiver.push(good.wire);  // after what the end of a splice may complete
    REQUIRE(!delivered.empty());
    REQUIRE(delivered.back() == 4711);
  }
}
