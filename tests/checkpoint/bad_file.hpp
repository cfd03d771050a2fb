// SPDX-License-Identifier: MIT
// Malformed files, each named after its one defect, with the message it must get.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mcullm::tests {

using Bytes = std::vector<std::byte>;

struct BadFile {
  std::string defect;
  Bytes bytes;
  std::string message;  // Error::what
};

// Copies of `good` with one change each.
auto with_bytes(Bytes good, std::size_t offset, std::span<const std::byte> replacement) -> Bytes;
auto with_u8(Bytes good, std::size_t offset, unsigned value) -> Bytes;
auto with_u16(Bytes good, std::size_t offset, unsigned value) -> Bytes;
auto with_i32(Bytes good, std::size_t offset, long long value) -> Bytes;
auto with_f32(Bytes good, std::size_t offset, float value) -> Bytes;
auto cut_to(Bytes good, std::size_t size) -> Bytes;
auto grown_by(Bytes good, std::size_t bytes) -> Bytes;

}  // namespace mcullm::tests
