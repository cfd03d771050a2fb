// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace mcullm {

using Sha256 = std::array<std::uint8_t, 32>;

auto sha256(std::span<const std::byte> bytes) -> Sha256;

// 64 lower-case hexadecimal digits, as sha256sum prints them.
auto to_hex(const Sha256& digest) -> std::string;

}  // namespace mcullm
