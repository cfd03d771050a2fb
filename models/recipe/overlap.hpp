// SPDX-License-Identifier: MIT
// How much of a text stands word for word in a training corpus.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mcullm::recipe {

inline constexpr std::size_t gram_words = 8;

struct Overlap {
  std::size_t grams = 0;          // runs of gram_words words in the text
  std::size_t unseen_grams = 0;   // that occur nowhere in the corpus
  std::size_t longest_words = 0;  // of the longest copied span
  std::string longest;
};

// One answer per text. The corpus is read once.
auto measure_overlap(std::string_view corpus, const std::vector<std::string>& texts) -> std::vector<Overlap>;

}  // namespace mcullm::recipe
