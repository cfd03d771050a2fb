// SPDX-License-Identifier: MIT
#include "tests/checkpoint/bad_file.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/byte_writer.hpp"

namespace mcullm::tests {

auto with_bytes(Bytes good, std::size_t offset, std::span<const std::byte> replacement) -> Bytes {
  if (offset + replacement.size() > good.size()) throw std::logic_error("a change outside the file");
  std::ranges::copy(replacement, good.begin() + static_cast<std::ptrdiff_t>(offset));
  return good;
}

auto with_u8(Bytes good, std::size_t offset, unsigned value) -> Bytes {
  const std::byte replacement[] = {static_cast<std::byte>(value)};
  return with_bytes(std::move(good), offset, replacement);
}

auto with_u16(Bytes good, std::size_t offset, unsigned value) -> Bytes {
  ByteWriter replacement;
  replacement.put_le(static_cast<std::uint16_t>(value));
  return with_bytes(std::move(good), offset, replacement.take());
}

auto with_i32(Bytes good, std::size_t offset, long long value) -> Bytes {
  ByteWriter replacement;
  replacement.put_le(static_cast<std::uint32_t>(value));
  return with_bytes(std::move(good), offset, replacement.take());
}

auto with_f32(Bytes good, std::size_t offset, float value) -> Bytes {
  ByteWriter replacement;
  replacement.put_f32(value);
  return with_bytes(std::move(good), offset, replacement.take());
}

auto cut_to(Bytes good, std::size_t size) -> Bytes {
  good.resize(size);
  return good;
}

auto grown_by(Bytes good, std::size_t bytes) -> Bytes {
  good.resize(good.size() + bytes);
  return good;
}

}  // namespace mcullm::tests
