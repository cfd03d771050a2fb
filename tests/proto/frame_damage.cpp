// SPDX-License-Identifier: MIT
#include "frame_damage.hpp"

#include <algorithm>
#include <cstring>

namespace mcullm::tests {

auto SampleFrame::equals(const mcl_frame_t& frame) const -> bool {
  return frame.version == MCL_WIRE_VERSION && frame.type == type && frame.seq == seq &&
         frame.boot_id == boot_id && frame.payload_len == payload.size() &&
         std::equal(payload.begin(), payload.end(), frame.payload);
}

auto sample_frames(std::size_t count, std::size_t most, FastRandom& random) -> std::vector<SampleFrame> {
  std::vector<SampleFrame> frames(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto& frame = frames[i];
    frame.type = static_cast<std::uint8_t>(random.next());
    frame.seq = static_cast<std::uint16_t>(random.next());
    frame.boot_id = static_cast<std::uint16_t>(random.next());
    frame.payload.resize(random.below(most + 1));
    for (auto& byte : frame.payload) {
      const auto any = static_cast<std::uint8_t>(random.next());
      const std::array<std::uint8_t, 4> by_look = {any, 0, static_cast<std::uint8_t>(any % 4), 0xFF};
      byte = by_look[i % 4];
    }
    mcl_frame_t raw{};
    raw.version = MCL_WIRE_VERSION;
    raw.type = frame.type;
    raw.seq = frame.seq;
    raw.boot_id = frame.boot_id;
    raw.payload_len = static_cast<std::uint16_t>(frame.payload.size());
    raw.payload = frame.payload.data();
    frame.wire.size = mcl_frame_encode(frame.wire.bytes.data(), &raw);
  }
  return frames;
}

namespace {

void remove(Wire& wire, std::size_t at, std::size_t count) {
  count = std::min(count, wire.size - at);
  std::memmove(&wire.bytes[at], &wire.bytes[at + count], wire.size - at - count);
  wire.size -= count;
}

void open_gap(Wire& wire, std::size_t at, std::size_t count) {
  std::memmove(&wire.bytes[at + count], &wire.bytes[at], wire.size - at);
  wire.size += count;
}

}  // namespace

void damage(Wire& wire, const Wire& other, Damage kind, FastRandom& random) {
  const auto at = random.below(wire.size);
  const auto few = 1 + random.below(4);
  switch (kind) {
    case Damage::flips:
      for (std::size_t i = 0; i < few; ++i)
        wire.bytes[random.below(wire.size)] ^= static_cast<std::uint8_t>(1u << random.below(8));
      break;
    case Damage::burst:
      for (std::size_t i = at; i < std::min(at + 8, wire.size); ++i)
        wire.bytes[i] = static_cast<std::uint8_t>(random.next());
      break;
    case Damage::replaced:
      for (std::size_t i = 0; i < few; ++i)
        wire.bytes[random.below(wire.size)] = static_cast<std::uint8_t>(random.next());
      break;
    case Damage::dropped:
      for (std::size_t i = 0; i < few && wire.size > 1; ++i) remove(wire, random.below(wire.size), 1);
      break;
    case Damage::inserted:
      open_gap(wire, at, few);
      for (std::size_t i = 0; i < few; ++i) wire.bytes[at + i] = static_cast<std::uint8_t>(random.next());
      break;
    case Damage::duplicated: {
      const auto count = std::min(few, wire.size - at);
      open_gap(wire, at, count);
      std::memmove(&wire.bytes[at], &wire.bytes[at + count], count);
      break;
    }
    case Damage::truncated:
      wire.size = at + 1;
      break;
    case Damage::spliced: {  // its own beginning, the end of another one
      const auto from = random.below(other.size);
      wire.size = at;
      std::memcpy(&wire.bytes[at], &other.bytes[from], other.size - from);
      wire.size += other.size - from;
      break;
    }
    case Damage::count:
      break;
  }
}

auto run_damage(std::uint64_t count, std::uint64_t seed) -> DamageCount {
  constexpr std::size_t pool = 256, most_payload = 48;
  constexpr auto kinds = static_cast<std::uint64_t>(Damage::count);
  FastRandom random(seed);
  const auto frames = sample_frames(pool, most_payload, random);
  std::array<std::uint8_t, MCL_COBS_MAX(MCL_FRAME_BYTES(MCL_PAYLOAD_MAX))> buffer;
  mcl_receiver_t receiver{};
  mcl_receiver_init(&receiver, buffer.data(), buffer.size());
  DamageCount result;
  Wire wire;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto& frame = frames[random.below(pool)];
    const auto& other = frames[random.below(pool)];
    std::memcpy(wire.bytes.data(), frame.wire.bytes.data(), frame.wire.size);
    wire.size = frame.wire.size;
    damage(wire, other.wire, static_cast<Damage>(i % kinds), random);
    ++result.damaged;
    wire.bytes[wire.size++] = 0;  // the boundary before the next one
    for (std::size_t at = 0; at < wire.size; ++at) {
      mcl_frame_t found{};
      if (mcl_receiver_push(&receiver, wire.bytes[at], &found) == 0) continue;
      (frame.equals(found) || other.equals(found) ? result.still_whole : result.accepted_wrong) += 1;
    }
  }
  return result;
}

}  // namespace mcullm::tests
