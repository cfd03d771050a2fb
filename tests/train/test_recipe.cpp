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
  sea | by the sea
opening 1
  a {A.kind} was {place.at}.
ending 1
  -
plot rest
  - it was an {place2.at}
)";

auto told(const Grammar& grammar, std::uint64_t seed) -> std::string {
  auto story = Storyteller(grammar, seed).story();
  if (!story) FAIL(story.error().what);
  return std::move(story).value();
}

auto replaced(std::string text, std::string_view from, std::string_view to) -> std::string {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

auto fault_of(std::string_view text) -> std::string {
  const auto grammar = parse_grammar(text, "g");
  REQUIRE(!grammar);
  REQUIRE(grammar.error().exit == Exit::input);
  REQUIRE(!grammar.error().hint.empty());
  return grammar.error().what;
}

}  // namespace

TEST_CASE("recipe: stories are clean English sentences", "[train][recipe]") {
  const auto* model = GENERATE("tales27k", "tales260k");
  const auto grammar = grammar_of(model);
  const std::regex flaw(
      R"([{}()|]|  | [.,!?]|\b[Aa] [aeiou](?!ni)|\b[Aa]n [^aeiou]|[.!?] [a-z]|\b(\w+) \1\b)");
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const auto story = told(grammar, seed);
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
  REQUIRE(told(grammar, 5) == told(grammar, 5));
  REQUIRE(told(grammar, 5) != told(grammar, 6));
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
  REQUIRE_THAT(fault_of(good + "nonsense\n"), Contains("g:17: cannot read"));
  REQUIRE_THAT(fault_of(good + "  * what\n"), Contains("cannot read \"  * what\""));
  REQUIRE_THAT(fault_of(good + "  - {moon}\n"), Contains("unknown slot {moon}"));
  REQUIRE_THAT(fault_of(good + "  - {place.up}\n"), Contains("no field 'up'"));
  REQUIRE_THAT(fault_of(good + "  - (a|b\n"), Contains("parentheses"));
  REQUIRE_THAT(fault_of(good + "  - {A.up}\n"), Contains("{A} has no field 'up'"));
  REQUIRE_THAT(fault_of(good + "  - {A.intro}\n"), Contains("{A} has no field 'intro'"));
  REQUIRE_THAT(fault_of("name f: Ann\n"), Contains("'kind' is missing"));
  REQUIRE_THAT(fault_of(replaced(good, "name home gender", "name")), Contains("'kind' has 1 fields"));
  REQUIRE_THAT(fault_of(good + "list thing: name\n"), Contains("'thing' is empty"));
  REQUIRE_THAT(fault_of(replaced(good, "name m: Ben\n", "")), Contains("no name for the kind 'fox'"));
}

TEST_CASE("recipe: a line that says something else than the signs allow is refused", "[train][recipe]") {
  const auto* line =
      GENERATE("invented many", "invented 101", "longest 0", "longest 9999999999", "name q: Kim",
               "list x:", "list x: name at\n  a | b | c", "list x: name at\n  0* a | b", "opening often",
               "ending 0", "ending 1 all", "opening 1 both more", "plot p but fox", ":", "\t", "\r");
  CAPTURE(line);
  REQUIRE_THAT(fault_of(std::string(smallest) + line + "\n"), Contains("cannot read"));
}

TEST_CASE("recipe: a grammar of which no story can come is refused before the first", "[train][recipe]") {
  const std::string good = smallest;
  // a list that is too short for the slots that are to differ, also by way of words
  REQUIRE_THAT(fault_of(replaced(good, "  sea | by the sea\n", "")),
               Contains("plot 'rest': {place}, {place2} are to differ, the list 'place' has 1 of them"));
  REQUIRE_THAT(fault_of(good + "  - {far}\nwords far: there | {place3.at}\n"),
               Contains("{place}, {place2}, {place3} are to differ, the list 'place' has 2"));
  REQUIRE_THAT(fault_of(replaced(good, "  -\n", "  {place4.at}.\n")), Contains("{place4}"));
  // nobody to tell of
  REQUIRE_THAT(fault_of(good + "plot none not fox owl\n  - here\n"), Contains("plot 'none' is for no hero"));
  REQUIRE_THAT(fault_of(replaced(good, "  owl | tree\n", "")), Contains("no second character"));
  const auto girls = replaced(replaced(good, "fox | den", "fox | den | f"), "owl | tree", "owl | tree | f");
  REQUIRE_THAT(fault_of(girls), Contains("no second character"));
  REQUIRE(parse_grammar(girls + "name f: Eva\n", "g"));
  REQUIRE(parse_grammar(girls + "invented 1\n", "g"));
  REQUIRE_THAT(fault_of(replaced(good, "shy | hid", "shy | hid | bat owl")),
               Contains("no entry of the list 'trait' fits the kind 'owl'"));
  REQUIRE_THAT(fault_of(replaced(good, "plot rest", "plot rest not owl")),
               Contains("no plot is for the kind 'owl'"));
  // nothing to begin or end with, or no end at all
  REQUIRE_THAT(fault_of(replaced(good, "ending 1", "ending 1 both")), Contains("every ending is for two"));
  REQUIRE_THAT(fault_of(replaced(good, "opening 1", "opening 1 both")), Contains("every opening is for two"));
  REQUIRE_THAT(fault_of(good + "words x: a | {y}\nwords y: b | {x}\n"), Contains("words 'x' leads back"));
  REQUIRE_THAT(fault_of(good + "list x: name\n  a {x2}\n"), Contains("list 'x' leads back"));
}

TEST_CASE("recipe: only openings that meet in one story count against a list", "[train][recipe]") {
  const auto one_place = replaced(replaced(smallest, "  sea | by the sea\n", ""), "{place2.at}", "owl");
  REQUIRE(parse_grammar(one_place, "g"));
  REQUIRE(parse_grammar(one_place + "  1 then.\n  open {place2.at}.\n", "g"));
  REQUIRE_THAT(fault_of(one_place + "  1 then.\n  open {place2.at}.\n  - {place.at}.\n"),
               Contains("{place2}"));
}

TEST_CASE("recipe: where only telling shows that no story comes, the storyteller gives up",
          "[train][recipe]") {
  const auto failure = [](const std::string& text) {
    const auto grammar = parse_grammar(text, "g");
    if (!grammar) FAIL(grammar.error().what);
    const auto story = Storyteller(*grammar, 1).story();
    REQUIRE(!story);
    REQUIRE(!story.error().hint.empty());
    return story.error().what;
  };
  const std::string good = smallest;
  REQUIRE_THAT(failure(good + "longest 9\n"),
               Contains("no story in 1000 attempts") && Contains("are too long"));
  // an entry may be anything as long as it has a choice
  REQUIRE_THAT(failure(replaced(good, "  sea | by the sea\n", "  (hill|hill) | there\n")),
               Contains("the list 'place' is used up"));
  const auto unclear =
      replaced(replaced(good, "fox | den", "(fox|fox) | den"), "owl | tree", "(owl|owl) | tree");
  REQUIRE_THAT(failure(replaced(unclear, "plot rest", "plot rest not fox owl")), Contains("no plot is for"));
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
