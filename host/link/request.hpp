// SPDX-License-Identifier: MIT
// The payload of a request, field by field as in the tables of proto/WIRE.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "proto/frame.h"

namespace mcullm::link {

class Request {
 public:
  Request() { payload_.reserve(MCL_PAYLOAD_MAX); }

  auto u8(std::uint8_t value) -> Request& { return little_endian(value, 1); }
  auto u16(std::uint16_t value) -> Request& { return little_endian(value, 2); }
  auto u32(std::uint32_t value) -> Request& { return little_endian(value, 4); }
  auto u64(std::uint64_t value) -> Request& { return little_endian(value, 8); }
  auto bytes(std::span<const std::byte> bytes) -> Request& {
    payload_.insert(payload_.end(), bytes.begin(), bytes.end());
    return *this;
  }

  // Tokens, positions, layers and sizes are int on this side; the caller keeps them within 0..65535.
  auto index(int value) -> Request& { return u16(static_cast<std::uint16_t>(value)); }

  auto payload() const -> std::span<const std::byte> { return payload_; }

 private:
  auto little_endian(std::uint64_t value, int width) -> Request& {
    for (; width > 0; --width, value >>= 8) payload_.push_back(static_cast<std::byte>(value));
    return *this;
  }

  std::vector<std::byte> payload_;
};

}  // namespace mcullm::link
