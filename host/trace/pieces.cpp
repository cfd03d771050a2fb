// SPDX-License-Identifier: MIT
#include "trace/pieces.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "proto/frame.h"

namespace mcullm::trace {
namespace {

constexpr auto most_frame_bytes = MCL_COBS_MAX(MCL_FRAME_BYTES(MCL_PAYLOAD_MAX));

}  // namespace

void Splitter::push(std::span<const std::byte> bytes, std::vector<std::vector<std::byte>>& complete) {
  for (const auto byte : bytes) {
    if (byte != std::byte{0}) {
      rest_.push_back(byte);
    } else if (!rest_.empty()) {
      complete.push_back(std::exchange(rest_, {}));
    }
  }
}

auto decode_frame(std::span<const std::byte> bytes) -> std::optional<Frame> {
  if (bytes.size() > most_frame_bytes) return std::nullopt;
  std::array<std::uint8_t, most_frame_bytes> buffer;
  mcl_receiver_t receiver{};
  mcl_receiver_init(&receiver, buffer.data(), buffer.size());
  mcl_frame_t frame{};
  const auto push = [&](std::byte byte) {
    return mcl_receiver_push(&receiver, std::to_integer<std::uint8_t>(byte), &frame) != 0;
  };
  push(std::byte{0});
  for (const auto byte : bytes) push(byte);
  if (!push(std::byte{0}) || frame.payload_len > MCL_PAYLOAD_MAX) return std::nullopt;
  const auto payload = std::as_bytes(std::span(frame.payload, frame.payload_len));
  return Frame{frame.version, frame.type, frame.seq, frame.boot_id, {payload.begin(), payload.end()}};
}

auto encode_frame(const Frame& frame) -> std::vector<std::byte> {
  mcl_frame_t raw{};
  raw.version = frame.version;
  raw.type = frame.type;
  raw.seq = frame.seq;
  raw.boot_id = frame.boot_id;
  raw.payload_len = static_cast<std::uint16_t>(frame.payload.size());
  raw.payload = reinterpret_cast<const std::uint8_t*>(frame.payload.data());
  std::array<std::uint8_t, MCL_WIRE_BYTES(MCL_PAYLOAD_MAX)> wire;
  const auto size = mcl_frame_encode(wire.data(), &raw);
  const auto bytes = std::as_bytes(std::span(wire).first(size));
  return {bytes.begin(), bytes.end()};
}

auto pieces_of(const Line& line) -> std::vector<Piece> {
  Splitter sent, received;
  std::vector<Piece> pieces;
  double seconds = 0;
  const auto add = [&](Event::Kind kind, std::vector<std::byte> bytes) {
    auto frame = decode_frame(bytes);
    pieces.push_back({seconds, kind, std::move(bytes), std::move(frame)});
  };
  for (const auto& event : line.events) {
    seconds = event.seconds;
    if (event.kind == Event::Kind::reset || event.kind == Event::Kind::gone) {
      pieces.push_back({seconds, event.kind});
      continue;
    }
    std::vector<std::vector<std::byte>> complete;
    (event.kind == Event::Kind::sent ? sent : received).push(event.bytes, complete);
    for (auto& bytes : complete) add(event.kind, std::move(bytes));
  }
  if (!sent.rest().empty()) add(Event::Kind::sent, sent.rest());
  if (!received.rest().empty()) add(Event::Kind::received, received.rest());
  return pieces;
}

}  // namespace mcullm::trace
