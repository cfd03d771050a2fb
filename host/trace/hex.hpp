// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mcullm::trace {

auto to_hex(std::span<const std::byte> bytes) -> std::string;

// Nothing unless every character is a hexadecimal digit and their number is even.
auto from_hex(std::string_view text) -> std::optional<std::vector<std::byte>>;

}  // namespace mcullm::trace
