// SPDX-License-Identifier: MIT
#include <array>
#include <catch2/catch.hpp>

#include "frame_damage.hpp"
#include "proto/message.h"

using namespace mcullm::tests;

namespace {

constexpr std::array types = {
    MCL_HELLO,   MCL_RESET,       MCL_ABORT,       MCL_STATS,     MCL_PUT,          MCL_GET,
    MCL_MATMUL,  MCL_LAYER,       MCL_TOKEN,       MCL_PREFILL,   MCL_GENERATE,     MCL_TRACE,
    MCL_PROFILE, MCL_STORE_BEGIN, MCL_STORE_WRITE, MCL_STORE_CRC, MCL_STORE_COMMIT, MCL_STORE_READ};

auto frame_of_type(mcl_type_t type) -> Wire {
  std::array<std::uint8_t, 40> payload{};
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<std::uint8_t>(i % 7 * 40);
  mcl_frame_t frame{};
  frame.version = MCL_WIRE_VERSION;
  frame.type = static_cast<std::uint8_t>(type);
  frame.seq = 0x0100;
  frame.boot_id = 0xBEEF;
  frame.payload_len = payload.size();
  frame.payload = payload.data();
  Wire wire;
  wire.size = mcl_frame_encode(wire.bytes.data(), &frame);
  return wire;
}

class Acceptance {
 public:
  Acceptance() { mcl_receiver_init(&receiver_, buffer_.data(), static_cast<std::uint16_t>(buffer_.size())); }
  // Frames accepted from these bytes.
  auto count(const Wire& wire) -> int {
    int accepted = 0;
    mcl_frame_t frame{};
    for (std::size_t i = 0; i < wire.size; ++i)
      accepted += mcl_receiver_push(&receiver_, wire.bytes[i], &frame);
    return accepted + mcl_receiver_push(&receiver_, 0, &frame);
  }

 private:
  std::array<std::uint8_t, 128> buffer_{};
  mcl_receiver_t receiver_{};
};

void flip(Wire& wire, std::size_t bit) {
  wire.bytes[1 + bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
}

// Bits between the two boundary zeros.
auto bits(const Wire& wire) -> std::size_t { return (wire.size - 2) * 8; }

}  // namespace

TEST_CASE("frame damage: no frame survives any flip of one or two bits, whatever its type",
          "[proto][frame]") {
  Acceptance acceptance;
  int accepted = 0;
  std::uint64_t tried = 0;
  for (const auto type : types) {
    auto wire = frame_of_type(type);
    REQUIRE(acceptance.count(wire) == 1);
    for (std::size_t first = 0; first < bits(wire); ++first) {
      flip(wire, first);
      accepted += acceptance.count(wire);
      for (std::size_t second = first + 1; second < bits(wire); ++second, ++tried) {
        flip(wire, second);
        accepted += acceptance.count(wire);
        flip(wire, second);
      }
      flip(wire, first);
    }
  }
  CHECK(accepted == 0);
  CHECK(tried > 1'500'000);
}

TEST_CASE("frame damage: no frame survives three flipped bits, sampled", "[proto][frame]") {
  FastRandom random(5);
  Acceptance acceptance;
  int accepted = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    auto wire = frame_of_type(types[static_cast<std::size_t>(i) % types.size()]);
    const auto first = random.below(bits(wire) - 2);
    const auto second = first + 1 + random.below(bits(wire) - first - 2);
    const auto third = second + 1 + random.below(bits(wire) - second - 1);
    for (const auto bit : {first, second, third}) flip(wire, bit);
    accepted += acceptance.count(wire);
  }
  CHECK(accepted == 0);
}

TEST_CASE("frame damage: of two million damaged frames none is accepted wrong", "[proto][frame]") {
  const auto result = run_damage(2'000'000, 2024);
  CHECK(result.damaged == 2'000'000);
  CHECK(result.accepted_wrong == 0);
  CHECK(result.still_whole < result.damaged / 4);  // else the damage is none
}
