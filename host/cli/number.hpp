// SPDX-License-Identifier: MIT
// Numbers on the command line. CLI11 alone reads -1 and what is beyond 64 bits as the greatest number there
// is, so that two seeds are one, lets NaN pass every range, and tells of a range of doubles when it refuses.
#pragma once

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>

namespace mcullm::cli {

// What std::from_chars reads in full, from `least` to `most`.
template <class Number>
auto number_in_range(const char* kind, Number least, Number most) -> CLI::Validator {
  return {[kind, least, most](const std::string& text) -> std::string {
            Number value{};
            const char* end = text.data() + text.size();
            const auto [stopped, fault] = std::from_chars(text.data(), end, value);
            if (fault == std::errc() && stopped == end && value >= least && value <= most) return "";
            return fmt::format("'{}' is not a {} from {} to {}", text, kind, least, most);
          },
          ""};
}

// Digits alone.
inline auto whole_number(std::uint64_t least = 0,
                         std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) -> CLI::Validator {
  return number_in_range("whole number", least, most);
}

// For options that are an int.
inline auto positive_int() -> CLI::Validator { return whole_number(1, std::numeric_limits<int>::max()); }

inline auto real_number(double least, double most) -> CLI::Validator {
  return number_in_range("number", least, most);
}

}  // namespace mcullm::cli
