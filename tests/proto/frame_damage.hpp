// SPDX-License-Identifier: MIT
// Frames as they come out of bad lines.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "proto/frame.h"

namespace mcullm::tests {

// A fast source of random numbers (Vigna's splitmix64): damage, not statistics, should take the time.
class FastRandom {
 public:
  explicit FastRandom(std::uint64_t seed) : state_(seed) {}
  auto next() -> std::uint64_t {
    auto z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  auto below(std::size_t bound) -> std::size_t {
    return static_cast<std::size_t>((next() >> 32) * bound >> 32);
  }

 private:
  std::uint64_t state_;
};

// Bytes on a line. Room for a frame and what damage may add to it.
struct Wire {
  std::array<std::uint8_t, 2 * MCL_WIRE_BYTES(MCL_PAYLOAD_MAX)> bytes;
  std::size_t size = 0;
};

struct SampleFrame {
  std::uint8_t type = 0;
  std::uint16_t seq = 0, boot_id = 0;
  std::vector<std::uint8_t> payload;
  Wire wire;

  auto equals(const mcl_frame_t& frame) const -> bool;
};

// Frames with payloads of up to `most` bytes, random, of zeros, of small numbers, and of ff.
auto sample_frames(std::size_t count, std::size_t most, FastRandom& random) -> std::vector<SampleFrame>;

enum class Damage { flips, burst, replaced, dropped, inserted, duplicated, truncated, spliced, count };

// Damages `wire` once or a few times; `other` is the frame that a splice takes its end from.
void damage(Wire& wire, const Wire& other, Damage kind, FastRandom& random);

struct DamageCount {
  std::uint64_t damaged = 0;
  std::uint64_t accepted_wrong = 0;  // a frame came out that nobody had sent
  std::uint64_t still_whole = 0;     // the damage hit a boundary zero, or undid itself
};

// Damages `count` frames of each kind in turn and pushes them through one receiver.
auto run_damage(std::uint64_t count, std::uint64_t seed) -> DamageCount;

}  // namespace mcullm::tests
