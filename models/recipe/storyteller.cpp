// SPDX-License-Identifier: MIT
#include "storyteller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace mcullm::recipe {
namespace {

constexpr std::string_view vowels = "aeiou";

// What a story may cost before it is given up. A usual grammar needs a handful of draws.
constexpr int most_draws = 1000;
constexpr int most_attempts = 1000;

auto capital(std::string text) -> std::string {
  const auto letter = text.find_first_not_of('"');
  if (letter < 2) text[letter] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[letter])));
  return text;
}

// "a apple" becomes "an apple", but not "a unicorn".
void fix_articles(std::string& text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const bool article = (text[i] == 'a' || text[i] == 'A') && text[i + 1] == ' ';
    const bool word_start = i == 0 || text[i - 1] == ' ' || text[i - 1] == '"';
    if (!article || !word_start || vowels.find(text[i + 2]) == std::string_view::npos) continue;
    if (text.compare(i + 2, 3, "uni") == 0) continue;
    text.insert(i + 1, 1, 'n');
  }
}

void drop_double_spaces(std::string& text) {
  const auto end = std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; });
  text.erase(end, text.end());
  while (!text.empty() && text.back() == ' ') text.pop_back();
}

// A sentence starts after . ! ? and a space, perhaps with a quotation mark.
void start_sentences(std::string& text) {
  for (std::size_t i = 0; i + 3 < text.size(); ++i) {
    if (text[i] != '.' && text[i] != '!' && text[i] != '?') continue;
    if (text[i + 1] != ' ') continue;
    const std::size_t at = i + (text[i + 2] == '"' ? 3 : 2);
    text[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[at])));
  }
}

}  // namespace

template <class T>
auto Storyteller::pick_weighted(const std::vector<T>& from) -> const T& {
  std::uint64_t total = 0;
  for (const auto& item : from) total += static_cast<std::uint64_t>(item.weight);
  auto left = static_cast<int>(random_.below(total));
  for (const auto& item : from)
    if ((left -= item.weight) < 0) return item;
  return from.back();
}

// Draws until one fits. If none does, this attempt at a story comes to nothing.
template <class Draw, class Fits>
auto Storyteller::draw_fitting(Draw draw, Fits fits, std::string_view complaint) -> decltype(draw()) {
  for (int left = most_draws; --left > 0;)
    if (decltype(auto) drawn = draw(); fits(drawn)) return drawn;
  give_up(complaint);
  return draw();
}

void Storyteller::give_up(std::string_view why) {
  if (given_up_.empty()) given_up_ = why;
}

auto Storyteller::story() -> Result<std::string> {
  for (int left = most_attempts; left > 0; --left) {
    auto text = attempt();
    if (grammar_.longest > 0 && text.size() > static_cast<std::size_t>(grammar_.longest))
      give_up(fmt::format("{} characters are too long", text.size()));
    if (given_up_.empty()) return text;
  }
  return Error{Exit::input,
               fmt::format("no story in {} attempts; the last one: {}", most_attempts, given_up_),
               "give the lists more entries, the plots more kinds, or `longest` more characters"};
}

auto Storyteller::attempt() -> std::string {
  have_met_ = false;
  given_up_.clear();
  settled_.clear();
  hero_ = character();
  other_ = character_like(hero_);
  const auto& plot = plot_for(hero_.kind);
  const bool own_opening = !plot.openings.empty() && chance(45);

  std::vector<std::string> sentences{own_opening ? expand(pick(plot.openings)) : passage(grammar_.openings)};
  for (const auto& step : plot.steps) {
    if (step.when == Step::When::after_opening && own_opening) continue;
    if (step.when == Step::When::sometimes && chance(50)) continue;
    sentences.push_back(expand(step.text));
  }
  sentences.push_back(passage(grammar_.endings));

  std::string text;
  for (auto& sentence : sentences) {
    if (sentence.empty()) continue;
    if (!text.empty()) text.push_back(' ');
    text += capital(std::move(sentence));
  }
  drop_double_spaces(text);
  fix_articles(text);
  start_sentences(text);
  return text;
}

auto Storyteller::plot_for(const std::string& kind) -> const Plot& {
  const auto& plots = grammar_.plots;
  return draw_fitting([&]() -> const Plot& { return plots[random_.below(plots.size())]; },
                      [&](const Plot& plot) { return fits(plot, kind); }, "no plot is for " + kind);
}

auto Storyteller::passage(const std::vector<Passage>& passages) -> std::string {
  const auto& one =
      draw_fitting([&]() -> const Passage& { return pick_weighted(passages); },
                   [this](const Passage& drawn) { return !drawn.both || have_met_; }, "the two have not met");
  return expand(one.text);
}

auto Storyteller::character() -> Character {
  const auto& kind = pick_weighted(grammar_.lists.find("kind")->second.entries);
  Character who;
  who.kind = expand(kind.fields[0]);
  who.home = kind.fields[1];
  who.female = kind.fields[2].empty() ? chance(50) : kind.fields[2] == "f";
  who.name = character_name(who.female);
  const auto& trait = trait_for(who.kind);
  who.adjective = trait.fields[0];
  who.trait = trait.fields[1];
  return who;
}

auto Storyteller::character_like(const Character& not_this) -> Character {
  return draw_fitting(
      [this] { return character(); },
      [&](const Character& who) { return who.kind != not_this.kind && who.name != not_this.name; },
      "nobody differs from the hero in kind and name");
}

auto Storyteller::character_name(bool female) -> std::string {
  if (chance(grammar_.invented_percent)) return capital(invented_word());
  return pick(female ? grammar_.female_names : grammar_.male_names);
}

auto Storyteller::trait_for(const std::string& kind) -> const Entry& {
  const auto& traits = grammar_.lists.find("trait")->second.entries;
  return draw_fitting([&]() -> const Entry& { return pick_weighted(traits); },
                      [&](const Entry& trait) { return suits(trait, kind); }, "no trait suits " + kind);
}

auto Storyteller::expand(std::string_view text) -> std::string {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '{') {
      const auto end = text.find('}', at);
      out += slot(text.substr(at + 1, end - at - 1));
      at = end;
    } else if (text[at] == '(') {
      int depth = 0;
      const auto from = at + 1;
      do depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
      while (depth != 0 && ++at < text.size());
      out += expand(pick(split_choices(text.substr(from, at - from))));
    } else {
      out += text[at];
    }
  }
  return out;
}

auto Storyteller::slot(std::string_view key) -> std::string {
  const auto parsed = parse_slot(key);
  if (parsed.optional && chance(50)) return {};
  if (parsed.label == "wug") return invented_word();
  if (parsed.label == "A") return character_slot(hero_, true, parsed.field);
  if (parsed.label == "B") return character_slot(other_, false, parsed.field);
  if (const auto words = grammar_.words.find(parsed.label); words != grammar_.words.end())
    return expand(pick(words->second));
  return settled(parsed);
}

auto Storyteller::character_slot(const Character& who, bool is_hero, std::string_view field) -> std::string {
  if (field == "kind") return who.kind;
  if (field == "adj") return who.adjective;
  if (field == "trait") return who.trait;
  if (field == "home") return who.home;
  if (field == "he") return who.female ? "she" : "he";
  if (field == "him") return who.female ? "her" : "him";
  if (field == "his") return who.female ? "her" : "his";
  if (field == "He") return who.female ? "She" : "He";
  if (field == "His") return who.female ? "Her" : "His";
  if (field == "ref") return chance(25) ? "the " + who.kind : who.name;
  if (!is_hero && field == "intro") return introduction();
  if (!is_hero && field == "meet") have_met_ = true;
  return who.name;
}

auto Storyteller::introduction() -> std::string {
  if (have_met_) return other_.name;
  have_met_ = true;
  static const std::vector<std::string> ways = {"a {B.adj} {B.kind} named {B}", "a {B.kind} named {B}",
                                                "{A.his} friend {B} the {B.kind}", "{B} the {B.kind}"};
  return expand(pick(ways));
}

// The fields of a list's entry, chosen when the label is first used and kept from then on. Nothing is
// chosen twice in a story, and nothing that is already the kind of a character.
auto Storyteller::settled(const Slot& slot) -> std::string {
  using Fields = std::vector<std::string>;
  const auto& list = grammar_.lists.find(slot.base)->second;
  const auto draw = [&] {
    auto fields = pick_weighted(list.entries).fields;
    for (auto& field : fields) field = expand(field);
    return fields;
  };
  const auto is_new = [&](const Fields& fields) {
    return fields[0] != hero_.kind && fields[0] != other_.kind &&
           std::none_of(settled_.begin(), settled_.end(),
                        [&](const auto& one) { return one.second[0] == fields[0]; });
  };
  auto known = settled_.find(slot.label);
  if (known == settled_.end())
    known = settled_
                .emplace(slot.label,
                         draw_fitting(draw, is_new, fmt::format("the list '{}' is used up", slot.base)))
                .first;
  const auto field = std::find(list.fields.begin(), list.fields.end(), slot.field);
  return known
      ->second[field == list.fields.end() ? 0 : static_cast<std::size_t>(field - list.fields.begin())];
}

// One to three syllables that can be said aloud.
auto Storyteller::invented_word() -> std::string {
  static const auto onsets = split_choices("b|br|d|f|g|k|l|m|n|p|r|s|t|tr|v|w|z|sh|bl|j|h|gl");
  static const auto cores = split_choices("a|e|i|o|u|a|e|i|o|u|oo|ee");
  static const auto codas = split_choices("||||n|l|r|x|m|s|t|p|ck");
  std::string word;
  // one draw to a statement: compilers differ in the order within an expression
  const auto syllable = [&] {
    const auto& core = pick(cores);
    word += pick(onsets);
    word += core;
  };
  syllable();
  for (auto more = random_.below(10); more >= 4; more -= 4) syllable();
  return word + (word.size() < 3 ? "p" : pick(codas));
}

}  // namespace mcullm::recipe
