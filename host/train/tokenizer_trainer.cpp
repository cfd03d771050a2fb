// SPDX-License-Identifier: MIT
#include "train/tokenizer_trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "train/encoder.hpp"

namespace mcullm::train {
namespace {

using checkpoint::Vocabulary;
using Pair = std::pair<int, int>;

struct Word {
  std::vector<int> symbols;  // ids
  std::int64_t count = 0;    // in the text
};

struct PairHash {
  auto operator()(const Pair& p) const -> std::size_t {
    return static_cast<std::size_t>(p.first) * 65537U + static_cast<std::size_t>(p.second);
  }
};

struct PairUse {
  std::int64_t count = 0;
  std::vector<std::size_t> words;  // where it occurs or once occurred
};

auto byte_piece(int byte) -> std::string {
  const bool literal = (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\t';
  return literal ? std::string(1, static_cast<char>(byte)) : fmt::format("<0x{:02X}>", byte);
}

auto is_ascii(std::string_view text) -> bool {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

auto count_words(const Corpus& corpus) -> std::map<std::string, std::int64_t> {
  std::map<std::string, std::int64_t> counts;
  for (const auto& story : corpus.stories) {
    std::string prefixed(1, ' ');
    prefixed += story;
    for (const auto word : split_words(prefixed)) ++counts[std::string(word)];
  }
  return counts;
}

// The text's frequent characters beyond ASCII: at least one in 10,000, at most a quarter of `room`.
auto frequent_characters(const std::map<std::string, std::int64_t>& words, int room)
    -> std::vector<std::string> {
  std::map<std::string, std::int64_t> counts;
  std::int64_t total = 0;
  for (const auto& [word, count] : words)
    for (const auto character : split_characters(word)) {
      total += count;
      if (!is_ascii(character)) counts[std::string(character)] += count;
    }
  std::vector<std::pair<std::int64_t, std::string>> ranked;
  for (const auto& [character, count] : counts)
    if (count * 10000 >= total) ranked.emplace_back(-count, character);
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> kept;
  for (const auto& [count, character] : ranked)
    if (static_cast<int>(kept.size()) < room / 4) kept.push_back(character);
  return kept;
}

class MergeTrainer {
 public:
  MergeTrainer(Vocabulary vocabulary, const std::map<std::string, std::int64_t>& words)
      : vocabulary_(std::move(vocabulary)) {
    for (std::size_t id = first_byte_token; id < vocabulary_.pieces.size(); ++id)
      ids_.emplace(vocabulary_.pieces[id].text, static_cast<int>(id));
    for (const auto& [word, count] : words) add_word(word, count);
  }

  // Adds the merge of the most frequent pair; false when no pair occurs twice.
  auto step() -> bool {
    const auto best = best_pair();
    if (!best) return false;
    const std::string text = text_of(best->first) + text_of(best->second);
    auto [known, fresh] = ids_.try_emplace(text, static_cast<int>(vocabulary_.pieces.size()));
    if (fresh) vocabulary_.pieces.push_back({text, -static_cast<float>(merges_++)});
    apply(*best, known->second);
    return true;
  }

  auto vocabulary() -> Vocabulary& { return vocabulary_; }

 private:
  auto text_of(int id) const -> const std::string& {
    return vocabulary_.pieces[static_cast<std::size_t>(id)].text;
  }

  void add_word(const std::string& word, std::int64_t count) {
    Word entry{{}, count};
    for (const auto character : split_characters(word)) {
      const auto piece = ids_.find(std::string(character));
      if (piece != ids_.end()) {
        entry.symbols.push_back(piece->second);
        continue;
      }
      // bytes without a character of their own never merge: their pieces spell <0xNN>
      for (std::size_t i = 0; i < character.size(); ++i) entry.symbols.push_back(-1);
    }
    words_.push_back(std::move(entry));
    count_pairs(words_.size() - 1, 1);
  }

  void count_pairs(std::size_t index, int sign) {
    const Word& word = words_[index];
    for (std::size_t i = 0; i + 1 < word.symbols.size(); ++i) {
      const Pair pair{word.symbols[i], word.symbols[i + 1]};
      if (pair.first < 0 || pair.second < 0) continue;
      auto& use = pairs_[pair];
      use.count += sign * word.count;
      if (sign > 0 && (use.words.empty() || use.words.back() != index)) use.words.push_back(index);
    }
  }

  // The most frequent; among equals the one whose text comes first.
  auto best_pair() const -> std::optional<Pair> {
    std::optional<Pair> best;
    std::int64_t most = 1;
    for (const auto& [pair, use] : pairs_) {
      if (use.count < most || use.count < 2) continue;
      if (use.count > most || !best || comes_before(pair, *best)) best = pair;
      most = use.count;
    }
    return best;
  }

  auto comes_before(const Pair& a, const Pair& b) const -> bool {
    return std::pair{text_of(a.first), text_of(a.second)} < std::pair{text_of(b.first), text_of(b.second)};
  }

  void apply(const Pair& pair, int merged) {
    auto affected = std::move(pairs_[pair].words);
    std::sort(affected.begin(), affected.end());
    affected.erase(std::unique(affected.begin(), affected.end()), affected.end());
    for (const auto index : affected) {
      count_pairs(index, -1);
      auto& symbols = words_[index].symbols;
      std::size_t kept = 0;
      for (std::size_t i = 0; i < symbols.size(); ++i) {
        const bool here = i + 1 < symbols.size() && Pair{symbols[i], symbols[i + 1]} == pair;
        symbols[kept++] = here ? merged : symbols[i];
        if (here) ++i;
      }
      symbols.resize(kept);
      count_pairs(index, 1);
    }
    pairs_.erase(pair);
  }

  Vocabulary vocabulary_;
  std::unordered_map<std::string, int> ids_;
  std::vector<Word> words_;
  std::unordered_map<Pair, PairUse, PairHash> pairs_;
  int merges_ = 0;
};

auto byte_vocabulary(int byte_ids) -> Vocabulary {
  Vocabulary vocabulary;
  vocabulary.pieces = {{"<unk>", 0.0F}, {"\n<s>\n", 0.0F}, {"\n</s>\n", 0.0F}};
  for (int byte = 0; byte < byte_ids; ++byte) vocabulary.pieces.push_back({byte_piece(byte), 0.0F});
  return vocabulary;
}

auto check_ascii(const std::map<std::string, std::int64_t>& words, int vocab_size) -> Result<Ok> {
  for (const auto& [word, count] : words)
    if (!is_ascii(word))
      return Error{Exit::input,
                   fmt::format("tokenizer: the corpus has '{}', and {} pieces leave no room for the bytes of "
                               "characters beyond ASCII",
                               word, vocab_size),
                   "use a vocab of 259 or more, or spell the corpus in ASCII"};
  return Ok{};
}

}  // namespace

auto train_tokenizer(const Corpus& corpus, int vocab_size) -> Result<Vocabulary> {
  if (vocab_size < smallest_vocab || vocab_size > largest_vocab)
    return Error{Exit::usage,
                 fmt::format("tokenizer: a vocab of {} is outside {} to {}", vocab_size, smallest_vocab,
                             largest_vocab),
                 "256 and 512 suit models of 20,000 to 500,000 parameters"};
  const auto words = count_words(corpus);
  const int byte_ids = vocab_size < 259 ? 128 : 256;
  auto base = byte_vocabulary(byte_ids);
  if (byte_ids == 128) {
    if (auto ascii = check_ascii(words, vocab_size); !ascii) return ascii.error();
  } else {
    for (auto& character : frequent_characters(words, vocab_size - 259))
      base.pieces.push_back({std::move(character), 0.0F});
  }
  MergeTrainer trainer(std::move(base), words);
  auto& pieces = trainer.vocabulary().pieces;
  while (static_cast<int>(pieces.size()) < vocab_size)
    if (!trainer.step())
      return Error{Exit::input,
                   fmt::format("tokenizer: the corpus supports {} pieces, {} were asked for", pieces.size(),
                               vocab_size),
                   fmt::format("use a vocab of at most {}, or a larger corpus", pieces.size())};
  for (const auto& piece : pieces)
    trainer.vocabulary().max_token_length =
        std::max(trainer.vocabulary().max_token_length, static_cast<std::uint32_t>(piece.text.size()));
  return std::move(trainer.vocabulary());
}

}  // namespace mcullm::train
