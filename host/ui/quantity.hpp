// SPDX-License-Identifier: MIT
// Amounts as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mcullm::ui {

// "18", "6,227": thousands apart.
auto count_text(std::uint64_t count) -> std::string;

// "512 B", "6.2 kB", "1.05 MB": decimal units, as data rates and flash sizes are quoted.
auto bytes_text(double bytes) -> std::string;

// "1.05 MB" when the unit is "B", else "1,118 tokens"; an empty unit leaves the number alone.
auto quantity_text(double amount, std::string_view unit) -> std::string;

// "0.42 s", "12.3 s", "3:07", "1:02:45".
auto duration_text(double seconds) -> std::string;

}  // namespace mcullm::ui
