// SPDX-License-Identifier: MIT
// How much of each story was copied from the corpus: copied CORPUS STORIES (blank lines between stories)
#include <fmt/format.h>

#include "base/file.hpp"
#include "overlap.hpp"
#include "train/corpus.hpp"

namespace {

using namespace mcullm;

auto fail(const Error& error) -> int {
  fmt::print(stderr, "copied: {}\n  {}\n", error.what, error.hint);
  return static_cast<int>(error.exit);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return fail({Exit::usage, "two arguments are needed", "copied CORPUS STORIES"});
  const auto corpus = read_file(argv[1]), bytes = read_file(argv[2]);
  for (const auto* file : {&corpus, &bytes})
    if (!*file) return fail(file->error());
  const auto stories = train::parse_corpus(*bytes, argv[2]);
  if (!stories) return fail(stories.error());

  std::size_t grams = 0, unseen = 0;
  for (const auto& overlap : recipe::measure_overlap(
           {reinterpret_cast<const char*>(corpus->data()), corpus->size()}, stories->stories)) {
    grams += overlap.grams;
    unseen += overlap.unseen_grams;
    fmt::print("{:3} words copied at most: \"{}\"\n", overlap.longest_words, overlap.longest);
  }
  fmt::print("{} of {} runs of eight words ({:.1f} %) stand nowhere in the corpus\n", unseen, grams,
             grams == 0 ? 0.0 : 100.0 * static_cast<double>(unseen) / static_cast<double>(grams));
  return 0;
}
