// SPDX-License-Identifier: MIT
// A cursor over untrusted little-endian bytes. Every read either succeeds whole or changes nothing.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace mcullm {

class SpanReader {
 public:
  explicit SpanReader(std::span<const std::byte> bytes) : all_(bytes), rest_(bytes) {}

  auto offset() const -> std::size_t { return all_.size() - rest_.size(); }
  auto remaining() const -> std::size_t { return rest_.size(); }

  template <std::unsigned_integral T>
  auto read_le() -> std::optional<T> {
    if (rest_.size() < sizeof(T)) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(rest_[i]);
    rest_ = rest_.subspan(sizeof(T));
    return static_cast<T>(value);
  }

  auto read_i32() -> std::optional<std::int32_t> {
    const auto raw = read_le<std::uint32_t>();
    if (!raw) return std::nullopt;
    return std::bit_cast<std::int32_t>(*raw);
  }

  auto read_f32() -> std::optional<float> {
    const auto raw = read_le<std::uint32_t>();
    if (!raw) return std::nullopt;
    return std::bit_cast<float>(*raw);
  }

  auto read_bytes(std::size_t count) -> std::optional<std::span<const std::byte>> {
    if (rest_.size() < count) return std::nullopt;
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

 private:
  std::span<const std::byte> all_;
  std::span<const std::byte> rest_;
};

// Product of two sizes, or nothing if it does not fit.
inline auto checked_mul(std::uint64_t a, std::uint64_t b) -> std::optional<std::uint64_t> {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

inline auto checked_add(std::uint64_t a, std::uint64_t b) -> std::optional<std::uint64_t> {
  std::uint64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

}  // namespace mcullm
