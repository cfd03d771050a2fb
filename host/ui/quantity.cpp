// SPDX-License-Identifier: MIT
#include "ui/quantity.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace mcullm::ui {

auto count_text(std::uint64_t count) -> std::string {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

auto bytes_text(double bytes) -> std::string {
  if (bytes < 1e3) return fmt::format("{:.0f} B", bytes);
  if (bytes < 1e6) return fmt::format("{:.1f} kB", bytes / 1e3);
  if (bytes < 1e9) return fmt::format("{:.2f} MB", bytes / 1e6);
  return fmt::format("{:.2f} GB", bytes / 1e9);
}

auto quantity_text(double amount, std::string_view unit) -> std::string {
  if (unit == "B") return bytes_text(amount);
  const std::string number = amount < 100 && amount != std::floor(amount)
                                 ? fmt::format("{:.1f}", amount)
                                 : count_text(static_cast<std::uint64_t>(std::round(amount)));
  return unit.empty() ? number : fmt::format("{} {}", number, unit);
}

auto duration_text(double seconds) -> std::string {
  if (seconds < 10) return fmt::format("{:.2f} s", std::max(seconds, 0.0));
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(std::llround(std::min(seconds, 1e15)));
  const auto minutes = whole / 60 % 60;
  if (whole < 3600) return fmt::format("{}:{:02}", minutes, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, minutes, whole % 60);
}

}  // namespace mcullm::ui
