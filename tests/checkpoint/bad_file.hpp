// SPDX-License-Identifier: MIT
// Malformed files, each named after its one defect. The message that each must get stands in a text beside
// the code that makes it: one line per defect, its name, two spaces, Error::what.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace mcullm::tests {

using Bytes = std::vector<std::byte>;

struct BadFile {
  std::string defect;
  Bytes bytes;
};

// For Catch2: every file is refused with the message that `messages`, a path from the root of the sources,
// has for it; all messages differ and come with a hint. `refusal` gives the error of a file.
void require_refusals(const std::vector<BadFile>& bad, const std::string& messages,
                      const std::function<std::optional<Error>(const Bytes&)>& refusal);

template <class T>
auto refusal(const Result<T>& result) -> std::optional<Error> {
  if (result) return std::nullopt;
  return result.error();
}

// Copies of `good` with one change each.
auto with_bytes(Bytes good, std::size_t offset, std::span<const std::byte> replacement) -> Bytes;
auto with_u8(Bytes good, std::size_t offset, unsigned value) -> Bytes;
auto with_u16(Bytes good, std::size_t offset, unsigned value) -> Bytes;
auto with_i32(Bytes good, std::size_t offset, long long value) -> Bytes;
auto with_f32(Bytes good, std::size_t offset, float value) -> Bytes;
auto cut_to(Bytes good, std::size_t size) -> Bytes;
auto grown_by(Bytes good, std::size_t bytes) -> Bytes;

}  // namespace mcullm::tests
