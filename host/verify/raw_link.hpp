// SPDX-License-Identifier: MIT
// Frames without a session: no sequence rules, no retries, so that a check can break the rules on purpose.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "link/transport.hpp"
#include "proto/frame.h"

namespace mcullm::verify {

struct RawFrame {
  std::uint8_t version = MCL_WIRE_VERSION;
  std::uint8_t type = 0;
  std::uint16_t seq = 0;
  std::uint16_t boot_id = 0;
  std::vector<std::uint8_t> payload;

  auto status() const -> int { return payload.empty() ? -1 : payload[0]; }
};

auto encode(const RawFrame& frame) -> std::vector<std::uint8_t>;

class RawLink {
 public:
  explicit RawLink(link::Transport& transport);

  void send(std::span<const std::uint8_t> bytes);
  // The next frame that arrives before the time is over.
  auto receive(std::chrono::milliseconds patience) -> std::optional<RawFrame>;
  // Sends and waits for the reply with the same sequence number; repeats, as a link may be noisy.
  auto ask(const RawFrame& request) -> std::optional<RawFrame>;
  // All that arrives until the line has been silent for `patience`.
  auto drain(std::chrono::milliseconds patience) -> std::vector<RawFrame>;

 private:
  link::Transport& transport_;
  std::vector<std::uint8_t> buffer_;
  mcl_receiver_t receiver_{};
  std::vector<std::uint8_t> pending_;  // bytes read and not yet pushed
  std::size_t next_ = 0;
};

}  // namespace mcullm::verify
