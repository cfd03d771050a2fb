// SPDX-License-Identifier: MIT
// The bytes of a line, cut where its frames are cut: at zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "trace/recording.hpp"

namespace mcullm::trace {

struct Frame {
  std::uint8_t version = 0, type = 0;
  std::uint16_t seq = 0, boot_id = 0;
  std::vector<std::byte> payload{};
};

// What stood between two zeros.
struct Piece {
  double seconds = 0;  // when it was complete
  Event::Kind kind = Event::Kind::sent;
  std::vector<std::byte> bytes{};  // without the zeros; empty for reset and gone
  std::optional<Frame> frame{};    // when that is what they are; else noise, or a damaged one
};

// One direction. Bytes go in as they come, pieces come out as they are complete.
class Splitter {
 public:
  // Appends the non-empty pieces that end within `bytes`.
  void push(std::span<const std::byte> bytes, std::vector<std::vector<std::byte>>& complete);
  auto rest() const -> const std::vector<std::byte>& { return rest_; }

 private:
  std::vector<std::byte> rest_;  // since the last zero
};

// Nothing unless the bytes between two zeros are one good frame.
auto decode_frame(std::span<const std::byte> bytes) -> std::optional<Frame>;

// With both zeros.
auto encode_frame(const Frame& frame) -> std::vector<std::byte>;

// In the order in which they were complete. Bytes after the last zero of a direction are a piece too.
auto pieces_of(const Line& line) -> std::vector<Piece>;

}  // namespace mcullm::trace
