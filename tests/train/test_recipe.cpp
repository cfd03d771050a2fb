// SPDX-License-Identifier: MIT
// The grammars of the bundled models and what is told by them.
#include <catch2/catch.hpp>
#include <regex>

#include "base/file.hpp"
#include "overlap.hpp"
#include "storyteller.hpp"

using namespace mcullm;
using namespace mcullm::recipe;
using Catch::Matchers::Contains;

namespace {

auto grammar_of(const std::string& model) -> Grammar {
  const auto path = std::string(MCULLM_SOURCE_DIR) + "/models/recipe/" + model + ".grammar";
  const auto bytes = read_file(path);
  REQUIRE(bytes);
  auto grammar = parse_grammar({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, path);
  if (!grammar) FAIL(grammar.error().what);
  return std::move(grammar).value();
}

constexpr auto smallest = R"(name f: Ann
name m: Ben
list kind: name home gender
  fox | den
  owl | tree
list trait: name text not
  shy | hid
list place: name at
  hill | on the hill
opening 1
  a {A.kind} was {place.at}.
ending 1
  -
plot rest
  - it was an {place2.at}
)";

auto fault_of(std::string text) -> std::string {
  const auto grammar = parse_grammar(text, "g");
  REQUIRE(!grammar);
  return grammar.error().what;
}

}  // namespace

TEST_CASE("recipe: stories are clean English sentences", "[train][recipe]") {
  const auto* model = GENERATE("tales27k", "tales260k");
  const auto grammar = grammar_of(model);
  const std::regex flaw(
      R"([{}()|]|  | [.,!?]|\b[Aa] [aeiou](?!ni)|\b[Aa]n [^aeiou]|[.!?] [a-z]|\b(\w+) \1\b)");
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const auto story = Storyteller(grammar, seed).story();
    CAPTURE(story);
    std::smatch found;
    if (std::regex_search(story, found, flaw) && found.str() != "had had")
      FAIL("flaw: '" << found.str() << "'");
    REQUIRE(std::isupper(static_cast<unsigned char>(story[story[0] == '"' ? 1 : 0])) != 0);
    REQUIRE(std::string(".!?\"").find(story.back()) != std::string::npos);
    REQUIRE(story.size() <= static_cast<std::size_t>(grammar.longest));
    REQUIRE(std::count(story.begin(), story.end(), '"') % 2 == 0);
  }
}

TEST_CASE("recipe: the same seed tells the same story", "[train][recipe]") {
  const auto grammar = grammar_of("tales260k");
  REQUIRE(Storyteller(grammar, 5).story() == Storyteller(grammar, 5).story());
  REQUIRE(Storyteller(grammar, 5).story() != Storyteller(grammar, 6).story());
}

TEST_CASE("recipe: there are many plots, and most have first sentences of their own", "[train][recipe]") {
  const auto grammar = grammar_of("tales260k");
  REQUIRE(grammar.plots.size() >= 30);
  for (const auto& plot : grammar.plots) {
    CAPTURE(plot.name);
    REQUIRE(plot.openings.size() >= 1);
    REQUIRE(plot.steps.size() >= 5);
  }
}

TEST_CASE("recipe: a grammar with a mistake is refused with the place", "[train][recipe]") {
  const std::string good = smallest;
  REQUIRE_THAT(fault_of(good + "nonsense\n"), Contains("g:16: cannot read"));
  REQUIRE_THAT(fault_of(good + "  * what\n"), Contains("cannot read \"  * what\""));
  REQUIRE_THAT(fault_of(good + "  - {moon}\n"), Contains("unknown slot {moon}"));
  REQUIRE_THAT(fault_of(good + "  - {place.up}\n"), Contains("no field 'up'"));
  REQUIRE_THAT(fault_of(good + "  - (a|b\n"), Contains("parentheses"));
  REQUIRE_THAT(fault_of("name f: Ann\n"), Contains("'kind' is missing"));
}

TEST_CASE("recipe: copied spans and unseen runs of words are counted", "[train][recipe]") {
  const std::string corpus = "one two three four five six seven eight nine ten\n\neleven twelve";
  const auto overlaps = measure_overlap(
      corpus, {"zero one two three four five six seven eight nine zero", "too short", "a b c d e f g h i"});
  REQUIRE(overlaps[0].longest_words == 9);
  REQUIRE(overlaps[0].longest == "one two three four five six seven eight nine");
  REQUIRE(overlaps[0].grams == 4);
  REQUIRE(overlaps[0].unseen_grams == 2);
  REQUIRE(overlaps[1].grams == 0);
  REQUIRE(overlaps[2].unseen_grams == 2);
}
