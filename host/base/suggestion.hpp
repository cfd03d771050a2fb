// SPDX-License-Identifier: MIT
// "Did you mean ...?"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mcullm {

// The least number of insertions, deletions, substitutions and swaps of neighbours between two words.
auto edit_distance(std::string_view a, std::string_view b) -> std::size_t;

// The candidate that is nearest to `word`, if any is near enough to have been meant.
auto nearest(std::string_view word, const std::vector<std::string>& candidates) -> std::optional<std::string>;

}  // namespace mcullm
