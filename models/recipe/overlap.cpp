// SPDX-License-Identifier: MIT
#include "overlap.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>

namespace mcullm::recipe {
namespace {

using Words = std::vector<std::string_view>;

struct Place {
  std::size_t text, word;
};

auto words_of(std::string_view text) -> Words {
  Words words;
  constexpr std::string_view space = " \n\t\r";
  for (auto from = text.find_first_not_of(space); from != std::string_view::npos;) {
    const auto to = std::min(text.find_first_of(space, from), text.size());
    words.push_back(text.substr(from, to - from));
    from = text.find_first_not_of(space, to);
  }
  return words;
}

auto gram_hash(const Words& words, std::size_t at) -> std::size_t {
  std::size_t hash = 0;
  for (std::size_t i = at; i < at + gram_words; ++i)
    hash = hash * 1000003U + std::hash<std::string_view>{}(words[i]);
  return hash;
}

auto common_length(const Words& a, std::size_t at_a, const Words& b, std::size_t at_b) -> std::size_t {
  std::size_t length = 0;
  while (at_a + length < a.size() && at_b + length < b.size() && a[at_a + length] == b[at_b + length])
    ++length;
  return length;
}

auto span_text(const Words& words, std::size_t at, std::size_t count) -> std::string {
  const auto& last = words[at + count - 1];
  return {words[at].data(), static_cast<std::size_t>(last.data() + last.size() - words[at].data())};
}

}  // namespace

auto measure_overlap(std::string_view corpus, const std::vector<std::string>& texts) -> std::vector<Overlap> {
  std::vector<Words> words;
  std::vector<std::vector<bool>> seen;
  std::unordered_multimap<std::size_t, Place> places;
  for (std::size_t t = 0; t < texts.size(); ++t) {
    words.push_back(words_of(texts[t]));
    const auto count = words[t].size() < gram_words ? 0 : words[t].size() - gram_words + 1;
    seen.emplace_back(count, false);
    for (std::size_t at = 0; at < count; ++at) places.emplace(gram_hash(words[t], at), Place{t, at});
  }

  std::vector<Overlap> overlaps(texts.size());
  const auto source = words_of(corpus);
  for (std::size_t from = 0; from + gram_words <= source.size(); ++from) {
    const auto [first, last] = places.equal_range(gram_hash(source, from));
    for (auto hit = first; hit != last; ++hit) {
      const auto [t, at] = hit->second;
      const auto length = common_length(words[t], at, source, from);
      if (length < gram_words) continue;
      seen[t][at] = true;
      if (length > overlaps[t].longest_words) overlaps[t] = {0, 0, length, span_text(words[t], at, length)};
    }
  }
  for (std::size_t t = 0; t < texts.size(); ++t) {
    overlaps[t].grams = seen[t].size();
    overlaps[t].unseen_grams = static_cast<std::size_t>(std::count(seen[t].begin(), seen[t].end(), false));
  }
  return overlaps;
}

}  // namespace mcullm::recipe
