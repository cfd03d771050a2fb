// SPDX-License-Identifier: MIT
#include "base/suggestion.hpp"

#include <algorithm>

namespace mcullm {

auto edit_distance(std::string_view a, std::string_view b) -> std::size_t {
  // distance[i][j]: between the first i letters of a and the first j of b
  std::vector<std::vector<std::size_t>> distance(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) distance[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) distance[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = distance[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      auto& least = distance[i][j];
      least = std::min({distance[i - 1][j] + 1, distance[i][j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        least = std::min(least, distance[i - 2][j - 2] + 1);
    }
  }
  return distance[a.size()][b.size()];
}

auto nearest(std::string_view word, const std::vector<std::string>& candidates)
    -> std::optional<std::string> {
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = candidate;
  }
  return best;
}

}  // namespace mcullm
