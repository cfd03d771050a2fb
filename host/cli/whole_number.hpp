// SPDX-License-Identifier: MIT
// Whole numbers on the command line. CLI11 alone reads -1 and what is beyond 64 bits as the greatest number
// there is, so that two seeds are one, and tells of a range of doubles when it refuses.
#pragma once

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>

namespace mcullm::cli {

// Digits alone, from `least` to `most`.
inline auto whole_number(std::uint64_t least = 0,
                         std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) -> CLI::Validator {
  return {[least, most](const std::string& text) -> std::string {
            std::uint64_t value = 0;
            const char* end = text.data() + text.size();
            const auto [stopped, fault] = std::from_chars(text.data(), end, value);
            if (fault == std::errc() && stopped == end && value >= least && value <= most) return "";
            return fmt::format("'{}' is not a whole number from {} to {}", text, least, most);
          },
          ""};
}

}  // namespace mcullm::cli
