// SPDX-License-Identifier: MIT
#include "verify/raw_link.hpp"

#include <array>

#include "proto/message.h"

namespace mcullm::verify {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

auto encode(const RawFrame& frame) -> std::vector<std::uint8_t> {
  mcl_frame_t raw{};
  raw.version = frame.version;
  raw.type = frame.type;
  raw.seq = frame.seq;
  raw.boot_id = frame.boot_id;
  raw.payload_len = static_cast<std::uint16_t>(frame.payload.size());
  raw.payload = frame.payload.data();
  std::vector<std::uint8_t> bytes(MCL_WIRE_BYTES(frame.payload.size()));
  bytes.resize(mcl_frame_encode(bytes.data(), &raw));
  return bytes;
}

RawLink::RawLink(link::Transport& transport)
    : transport_(transport), buffer_(MCL_COBS_MAX(MCL_FRAME_BYTES(MCL_PAYLOAD_MAX))) {
  mcl_receiver_init(&receiver_, buffer_.data(), static_cast<std::uint16_t>(buffer_.size()));
}

void RawLink::send(std::span<const std::uint8_t> bytes) { transport_.write(std::as_bytes(bytes)); }

auto RawLink::receive(milliseconds patience) -> std::optional<RawFrame> {
  const auto until = Clock::now() + patience;
  for (;;) {
    while (next_ < pending_.size()) {
      mcl_frame_t raw{};
      if (mcl_receiver_push(&receiver_, pending_[next_++], &raw) == 0) continue;
      return RawFrame{
          raw.version, raw.type, raw.seq, raw.boot_id, {raw.payload, raw.payload + raw.payload_len}};
    }
    const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
    if (left.count() <= 0) return std::nullopt;
    std::array<std::byte, 512> chunk;
    const auto count = transport_.read(chunk, left);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(chunk.data());
    pending_.assign(bytes, bytes + count);
    next_ = 0;
  }
}

auto RawLink::ask(const RawFrame& request) -> std::optional<RawFrame> {
  constexpr int tries = 12;
  const auto bytes = encode(request);
  for (int i = 0; i < tries; ++i) {
    send(bytes);
    const auto until = Clock::now() + milliseconds{250};
    while (Clock::now() < until) {
      auto frame = receive(std::chrono::duration_cast<milliseconds>(until - Clock::now()));
      if (frame && frame->seq == request.seq && frame->type == (request.type | MCL_REPLY)) return frame;
    }
  }
  return std::nullopt;
}

auto RawLink::drain(milliseconds patience) -> std::vector<RawFrame> {
  std::vector<RawFrame> frames;
  while (auto frame = receive(patience)) frames.push_back(std::move(*frame));
  return frames;
}

}  // namespace mcullm::verify
