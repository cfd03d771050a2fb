// SPDX-License-Identifier: MIT
// Writes a corpus: tales GRAMMAR COUNT SEED > CORPUS
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <unordered_set>

#include "base/file.hpp"
#include "storyteller.hpp"

namespace {

using namespace mcullm;

struct Counts {
  std::unordered_set<std::string> stories, sentences;
  std::size_t words = 0, all_sentences = 0;
};

void count(const std::string& story, Counts& counts) {
  counts.stories.insert(story);
  std::size_t from = 0;
  for (std::size_t i = 0; i < story.size(); ++i) {
    counts.words += story[i] == ' ' || i + 1 == story.size() ? 1U : 0U;
    const bool stop = story[i] == '.' || story[i] == '!' || story[i] == '?';
    if (!stop || (i + 1 < story.size() && story[i + 1] != ' ')) continue;
    counts.sentences.insert(story.substr(from, i + 1 - from));
    ++counts.all_sentences;
    from = i + 2;
  }
}

auto fail(const Error& error) -> int {
  fmt::print(stderr, "tales: {}\n  {}\n", error.what, error.hint);
  return static_cast<int>(error.exit);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4)
    return fail({Exit::usage, "three arguments are needed", "tales GRAMMAR COUNT SEED > CORPUS"});
  const auto bytes = read_file(argv[1]);
  if (!bytes) return fail(bytes.error());
  const auto grammar =
      recipe::parse_grammar({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, argv[1]);
  if (!grammar) return fail(grammar.error());
  const auto total = std::strtoull(argv[2], nullptr, 10), seed = std::strtoull(argv[3], nullptr, 10);

  Counts counts;
  for (std::uint64_t i = 0; i < total; ++i) {
    const auto story = recipe::Storyteller(*grammar, train::Random(seed + i).next()).story();
    if (!story) return fail(story.error());
    count(*story, counts);
    fmt::print("{}\n\n", *story);
  }
  fmt::print(stderr, "{} stories, {} distinct, {} words each; {} sentences, {} distinct; {} plots\n", total,
             counts.stories.size(), counts.words / std::max<std::size_t>(1, total), counts.all_sentences,
             counts.sentences.size(), grammar->plots.size());
  return 0;
}
