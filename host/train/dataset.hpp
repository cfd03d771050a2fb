// SPDX-License-Identifier: MIT
// The corpus as token sequences, and which of them are held out.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "train/corpus.hpp"
#include "train/encoder.hpp"

namespace mcullm::train {

// Every sequence is one story, begin_token before and after it, so that a model learns where stories
// end; a longer story is cut into consecutive windows of context + 1 tokens.
class Dataset {
 public:
  using Sequence = std::span<const std::uint16_t>;

  Dataset(const Corpus& corpus, Encoder& encoder, int context, std::uint64_t seed);

  auto training_count() const -> std::size_t { return training_.size(); }
  auto held_out_count() const -> std::size_t { return held_out_.size(); }
  auto held_out(std::size_t index) const -> Sequence { return sequence(held_out_[index]); }
  auto token_count() const -> std::size_t { return tokens_.size(); }
  auto longest() const -> std::size_t { return longest_; }

  // The training sequence at place `position` of an endless stream: each epoch has its own order.
  auto training(std::uint64_t position) -> Sequence;

  // Differs when tokens, windows or split differ.
  auto fingerprint() const -> std::uint64_t;

 private:
  auto sequence(std::uint32_t index) const -> Sequence;
  void add_story(const std::vector<std::uint16_t>& story, std::size_t window);
  void add_sequence(Sequence tokens);

  std::uint64_t seed_;
  std::vector<std::uint16_t> tokens_;
  std::vector<std::size_t> starts_{0};  // of each sequence, and the end
  std::size_t longest_ = 0;
  std::vector<std::uint32_t> training_, held_out_;
  std::vector<std::uint32_t> order_;  // of epoch_
  std::uint64_t epoch_;
};

// At least two sequences are needed: one to train on and one to hold out.
auto check_dataset(const Dataset& dataset) -> Result<Ok>;

}  // namespace mcullm::train
