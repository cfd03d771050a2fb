// SPDX-License-Identifier: MIT
#include "train/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "train/random.hpp"

namespace mcullm::train {
namespace {

void shuffle(std::vector<std::uint32_t>& order, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t left = order.size(); left > 1; --left)
    std::swap(order[left - 1], order[random.below(left)]);
}

void mix(std::uint64_t& hash, std::uint64_t value) { hash = Random(hash ^ value).next(); }

}  // namespace

Dataset::Dataset(const Corpus& corpus, Encoder& encoder, int context, std::uint64_t seed)
    : seed_(seed), epoch_(std::numeric_limits<std::uint64_t>::max()) {
  std::vector<std::uint16_t> story;
  for (const auto& text : corpus.stories) {
    story = encoder.encode(text);
    story.insert(story.begin(), begin_token);
    story.push_back(begin_token);
    add_story(story, static_cast<std::size_t>(context) + 1);
  }
  std::vector<std::uint32_t> all(starts_.size() - 1);
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  shuffle(all, seed);
  const auto held = static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(all.size() / 20, 1, 256));
  held_out_.assign(all.begin(), all.begin() + held);
  training_.assign(all.begin() + held, all.end());
}

// Neighbouring windows share one token, the last target of the one being the first input of the other.
void Dataset::add_story(const std::vector<std::uint16_t>& story, std::size_t window) {
  for (std::size_t at = 0; at + 1 < story.size(); at += window - 1)
    add_sequence(Sequence(story).subspan(at, std::min(window, story.size() - at)));
}

void Dataset::add_sequence(Sequence tokens) {
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  starts_.push_back(tokens_.size());
  longest_ = std::max(longest_, tokens.size());
}

auto Dataset::sequence(std::uint32_t index) const -> Sequence {
  return Sequence(tokens_).subspan(starts_[index], starts_[index + 1] - starts_[index]);
}

auto Dataset::training(std::uint64_t position) -> Sequence {
  const auto epoch = position / training_.size();
  if (epoch != epoch_) {
    order_ = training_;
    shuffle(order_, seed_ + 0x51ED2701U * (epoch + 1));
    epoch_ = epoch;
  }
  return sequence(order_[position % training_.size()]);
}

auto Dataset::fingerprint() const -> std::uint64_t {
  std::uint64_t hash = seed_;
  for (const auto token : tokens_) mix(hash, token);
  for (const auto start : starts_) mix(hash, start);
  return hash;
}

auto check_dataset(const Dataset& dataset) -> Result<Ok> {
  if (dataset.training_count() >= 1) return Ok{};
  return Error{Exit::input,
               fmt::format("corpus: {} tokens give a single sequence, and one must be held out to measure on",
                           dataset.token_count()),
               "give a longer text, or separate its stories by blank lines"};
}

}  // namespace mcullm::train
