// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <set>

#include "train/dataset.hpp"
#include "train/tokenizer_trainer.hpp"

using namespace mcullm::train;

namespace {

auto numbered_stories(int count) -> Corpus {
  Corpus corpus;
  for (int i = 0; i < count; ++i) corpus.stories.push_back("story number " + std::to_string(i));
  return corpus;
}

auto encoder_for(const Corpus& corpus) -> Encoder { return Encoder(*train_tokenizer(corpus, 140)); }

}  // namespace

TEST_CASE("dataset: a story stands between two begin tokens", "[train][dataset]") {
  const auto corpus = numbered_stories(40);
  auto encoder = encoder_for(corpus);
  Dataset dataset(corpus, encoder, 64, 1);
  for (std::uint64_t i = 0; i < dataset.training_count(); ++i) {
    const auto sequence = dataset.training(i);
    REQUIRE(sequence.front() == begin_token);
    REQUIRE(sequence.back() == begin_token);
    REQUIRE_THAT(encoder.decode(sequence), Catch::Matchers::StartsWith("story number"));
  }
}

TEST_CASE("dataset: an epoch meets each sequence once, in an order of its own", "[train][dataset]") {
  const auto corpus = numbered_stories(100);
  auto encoder = encoder_for(corpus);
  Dataset dataset(corpus, encoder, 64, 1);
  REQUIRE(dataset.held_out_count() == 5);
  REQUIRE(dataset.training_count() == 95);
  std::vector<std::string> epochs[2];
  for (std::uint64_t i = 0; i < 190; ++i) epochs[i / 95].push_back(encoder.decode(dataset.training(i)));
  REQUIRE(epochs[0] != epochs[1]);
  std::set<std::string> all(epochs[0].begin(), epochs[0].end());
  REQUIRE(all.size() == 95);
  REQUIRE(all == std::set<std::string>(epochs[1].begin(), epochs[1].end()));
  for (std::size_t i = 0; i < 5; ++i) REQUIRE(!all.contains(encoder.decode(dataset.held_out(i))));
}

TEST_CASE("dataset: a position can be met again after the stream moved on", "[train][dataset]") {
  const auto corpus = numbered_stories(60);
  auto encoder = encoder_for(corpus);
  Dataset dataset(corpus, encoder, 64, 1);
  const auto first = encoder.decode(dataset.training(3));
  dataset.training(500);
  REQUIRE(encoder.decode(dataset.training(3)) == first);
}

TEST_CASE("dataset: a long story becomes windows that lose no token", "[train][dataset]") {
  Corpus corpus{{std::string()}};
  for (int i = 0; i < 50; ++i) corpus.stories[0] += "and then the fox went on ";
  auto encoder = encoder_for(corpus);
  const auto tokens = encoder.encode(corpus.stories[0]);
  Dataset dataset(corpus, encoder, 16, 1);
  std::size_t targets = 0;
  for (std::uint64_t i = 0; i < dataset.training_count(); ++i) {
    REQUIRE(dataset.training(i).size() <= 17);
    targets += dataset.training(i).size() - 1;
  }
  for (std::size_t i = 0; i < dataset.held_out_count(); ++i) targets += dataset.held_out(i).size() - 1;
  REQUIRE(targets == tokens.size() + 1);
  REQUIRE(dataset.longest() == 17);
}

TEST_CASE("dataset: a single sequence is too little", "[train][dataset]") {
  Corpus corpus{{"one story two story one story"}};
  auto encoder = encoder_for(numbered_stories(40));
  const auto checked = check_dataset(Dataset(corpus, encoder, 256, 1));
  REQUIRE(!checked);
  REQUIRE_THAT(checked.error().what, Catch::Matchers::Contains("a single sequence"));
}
