// SPDX-License-Identifier: MIT
// Appends little-endian values; the counterpart of SpanReader.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace mcullm {

class ByteWriter {
 public:
  auto size() const -> std::size_t { return bytes_.size(); }

  template <std::unsigned_integral T>
  void put_le(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i)));
  }

  void put_i16(std::int16_t value) { put_le(std::bit_cast<std::uint16_t>(value)); }
  void put_i32(std::int32_t value) { put_le(std::bit_cast<std::uint32_t>(value)); }
  void put_f32(float value) { put_le(std::bit_cast<std::uint32_t>(value)); }

  void put_bytes(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void put_text(std::string_view text) { put_bytes(std::as_bytes(std::span(text))); }

  // Zeros up to `size` bytes in all, or up to the next multiple of `unit`.
  void pad_to(std::size_t size) { bytes_.resize(size); }
  void pad_to_multiple(std::size_t unit) { pad_to((size() + unit - 1) / unit * unit); }

  auto take() -> std::vector<std::byte> { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace mcullm
