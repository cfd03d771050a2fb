// SPDX-License-Identifier: MIT
#include "faults.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <set>

namespace mcullm::recipe {
namespace {

using Found = std::optional<Fault>;
using Labels = std::set<std::string, std::less<>>;

constexpr auto signs = "the signs are explained in grammar.hpp";

template <class Range, class Value>
auto contains(const Range& range, const Value& value) -> bool {
  return std::find(std::begin(range), std::end(range), value) != std::end(range);
}

auto has_choice(std::string_view text) -> bool { return text.find_first_of("{(") != std::string_view::npos; }

void each_slot(std::string_view text, const std::function<void(const Slot&)>& visit) {
  for (auto at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1))
    visit(parse_slot(text.substr(at + 1, text.find('}', at) - at - 1)));
}

// Every text of the grammar in which slots may stand.
void each_text(const Grammar& grammar, const std::function<void(std::string_view)>& visit) {
  const auto all = [&visit](const std::vector<std::string>& texts) {
    std::for_each(texts.begin(), texts.end(), visit);
  };
  for (const auto& [name, words] : grammar.words) all(words);
  for (const auto* passages : {&grammar.openings, &grammar.endings})
    for (const auto& passage : *passages) visit(passage.text);
  for (const auto& plot : grammar.plots) {
    all(plot.openings);
    for (const auto& step : plot.steps) visit(step.text);
  }
  for (const auto& [name, list] : grammar.lists)
    for (const auto& entry : list.entries) all(entry.fields);
}

// ---- what must be there -------------------------------------------------------------------------------

auto missing_list(const Grammar& grammar) -> Found {
  for (const auto& [name, fields] :
       {std::pair{"kind", "name home gender"}, std::pair{"trait", "name text not"}}) {
    const auto list = grammar.lists.find(name);
    if (list == grammar.lists.end()) return Fault{fmt::format("the list '{}' is missing", name), signs};
    if (list->second.fields.size() < 3)
      return Fault{fmt::format("the list '{}' has {} fields", name, list->second.fields.size()),
                   fmt::format("it needs `list {}: {}`", name, fields)};
  }
  for (const auto& [name, list] : grammar.lists)
    if (list.entries.empty())
      return Fault{fmt::format("the list '{}' is empty", name), "write its entries below it, indented"};
  return {};
}

auto missing_part(const Grammar& grammar) -> Found {
  if (grammar.openings.empty() || grammar.endings.empty() || grammar.plots.empty())
    return Fault{"there must be openings, endings and plots", signs};
  for (const auto& [part, passages] :
       {std::pair{"opening", &grammar.openings}, std::pair{"ending", &grammar.endings}})
    if (std::all_of(passages->begin(), passages->end(), [](const Passage& one) { return one.both; }))
      return Fault{fmt::format("every {} is for two who have met", part),
                   fmt::format("add an {} without `both` for a story of one", part)};
  return {};
}

// ---- what must have a meaning ---------------------------------------------------------------------------

constexpr std::string_view fields_of_anyone[] = {"",    "kind", "adj", "trait", "home", "he",
                                                 "him", "his",  "He",  "His",   "ref"};
constexpr std::string_view fields_of_other[] = {"intro", "meet"};

auto fault_of(const Grammar& grammar, const Slot& slot) -> std::string {
  if (slot.label == "wug" || grammar.words.contains(slot.label)) return {};
  if (slot.label == "A" || slot.label == "B") {
    if (contains(fields_of_anyone, slot.field)) return {};
    if (slot.label == "B" && contains(fields_of_other, slot.field)) return {};
    return fmt::format("{{{}}} has no field '{}'", slot.label, slot.field);
  }
  const auto list = grammar.lists.find(slot.base);
  if (list == grammar.lists.end()) return fmt::format("unknown slot {{{}}}", slot.label);
  if (slot.field.empty() || contains(list->second.fields, slot.field)) return {};
  return fmt::format("list '{}' has no field '{}'", slot.base, slot.field);
}

auto unreadable_text(const Grammar& grammar) -> Found {
  Found fault;
  each_text(grammar, [&](std::string_view text) {
    if (fault) return;
    if (std::count(text.begin(), text.end(), '(') != std::count(text.begin(), text.end(), ')'))
      fault = Fault{fmt::format("parentheses do not match in \"{}\"", text), signs};
    each_slot(text, [&](const Slot& slot) {
      const auto what = fault_of(grammar, slot);
      if (!fault && !what.empty()) fault = Fault{fmt::format("{} in \"{}\"", what, text), signs};
    });
  });
  return fault;
}

// ---- what must come to an end --------------------------------------------------------------------------

// Where texts lead: the words and lists that they name, those that these name, and so on.
class Reach {
 public:
  explicit Reach(const Grammar& grammar) : grammar_(grammar) {}

  void add(std::string_view text) {
    each_slot(text, [this](const Slot& slot) { add(slot); });
  }
  void add(const std::vector<std::string>& texts) {
    for (const auto& text : texts) add(text);
  }
  void add(const List& list) {
    for (const auto& entry : list.entries) add(entry.fields);
  }

  auto words() const -> const Labels& { return words_; }
  // of a list: "place", "place2"
  auto labels() const -> const std::map<std::string, Labels, std::less<>>& { return labels_; }

 private:
  void add(const Slot& slot) {
    if (const auto words = grammar_.words.find(slot.label); words != grammar_.words.end()) {
      if (words_.emplace(slot.label).second) add(words->second);
    } else if (const auto list = grammar_.lists.find(slot.base); list != grammar_.lists.end()) {
      auto& labels = labels_[list->first];
      const bool new_list = labels.empty();
      labels.emplace(slot.label);
      if (new_list) add(list->second);
    }
  }

  const Grammar& grammar_;
  Labels words_;
  std::map<std::string, Labels, std::less<>> labels_;
};

auto endless_text(const Grammar& grammar) -> Found {
  const auto endless = [](std::string_view what, std::string_view name) {
    return Fault{fmt::format("{} '{}' leads back to itself", what, name), "a text may not contain itself"};
  };
  for (const auto& [name, words] : grammar.words) {
    Reach reach(grammar);
    reach.add(words);
    if (reach.words().contains(name)) return endless("words", name);
  }
  for (const auto& [name, list] : grammar.lists) {
    Reach reach(grammar);
    reach.add(list);
    if (reach.labels().contains(name)) return endless("list", name);
  }
  return {};
}

// ---- what must have an outcome --------------------------------------------------------------------------

// How many different values the entries can have; none: who knows.
auto distinct_entries(const List& list) -> std::optional<std::size_t> {
  Labels values;
  for (const auto& entry : list.entries) {
    if (has_choice(entry.fields[0])) return {};
    values.insert(entry.fields[0]);
  }
  return values.size();
}

// A list runs short when one story, from its opening to its ending, may ask for more entries than it has.
auto short_list(const Grammar& grammar, const Plot& plot, const std::vector<std::string>& openings) -> Found {
  Reach story(grammar);
  for (const auto& step : plot.steps) story.add(step.text);
  for (const auto& ending : grammar.endings) story.add(ending.text);
  for (const auto& opening : openings) {
    auto whole = story;
    whole.add(opening);
    for (const auto& [name, labels] : whole.labels()) {
      if (labels.size() == 1) continue;
      const auto entries = distinct_entries(grammar.lists.find(name)->second);
      if (entries && *entries < labels.size())
        return Fault{fmt::format("plot '{}': {{{}}} are to differ, the list '{}' has {} of them", plot.name,
                                 fmt::join(labels, "}, {"), name, *entries),
                     "give the list more entries, or the story fewer of these slots"};
    }
  }
  return {};
}

auto may_have_name(const Entry& kind, char gender) -> bool {
  const auto& only = kind.fields[2];
  return only.empty() || (only == "f") == (gender == 'f');
}

// Whether a hero of one kind and another character of the other kind can differ in kind and name.
auto can_meet(const Grammar& grammar, const Entry& hero, const Entry& other) -> bool {
  if (!has_choice(hero.fields[0]) && hero.fields[0] == other.fields[0]) return false;
  if (grammar.invented_percent > 0) return true;
  Labels names;
  for (const auto* kind : {&hero, &other})
    for (const auto& [gender, list] :
         {std::pair{'f', &grammar.female_names}, std::pair{'m', &grammar.male_names}})
      if (may_have_name(*kind, gender))
        for (const auto& name : *list) names.insert(name);
  return names.size() > 1;
}

auto missing_character(const Grammar& grammar, const Plot& plot) -> Found {
  const auto& kinds = grammar.lists.find("kind")->second.entries;
  bool has_hero = false;
  for (const auto& hero : kinds) {
    if (!fits(plot, hero.fields[0])) continue;
    has_hero = true;
    if (std::any_of(kinds.begin(), kinds.end(),
                    [&](const Entry& other) { return can_meet(grammar, hero, other); }))
      return {};
  }
  if (!has_hero)
    return Fault{fmt::format("plot '{}' is for no hero, its `not` names every kind", plot.name),
                 "let it have a kind, or add one to the list 'kind'"};
  return Fault{
      fmt::format("plot '{}': no second character differs from the hero in kind and name", plot.name),
      "there must be two kinds and two names"};
}

auto hopeless_plot(const Grammar& grammar) -> Found {
  std::vector<std::string> general;
  for (const auto& opening : grammar.openings) general.push_back(opening.text);
  for (const auto& plot : grammar.plots) {
    if (auto fault = missing_character(grammar, plot)) return fault;
    if (auto fault = short_list(grammar, plot, plot.openings)) return fault;
    if (auto fault = short_list(grammar, plot, general)) return fault;
  }
  return {};
}

auto hopeless_kind(const Grammar& grammar) -> Found {
  const auto& traits = grammar.lists.find("trait")->second.entries;
  for (const auto& kind : grammar.lists.find("kind")->second.entries) {
    const auto& name = kind.fields[0];
    for (const auto& [gender, names] :
         {std::pair{'f', &grammar.female_names}, std::pair{'m', &grammar.male_names}})
      if (names->empty() && may_have_name(kind, gender) && grammar.invented_percent < 100)
        return Fault{fmt::format("there is no name for the kind '{}'", name),
                     fmt::format("add names by `name {}:`", gender)};
    if (std::none_of(traits.begin(), traits.end(), [&](const Entry& trait) { return suits(trait, name); }))
      return Fault{fmt::format("no entry of the list 'trait' fits the kind '{}'", name),
                   "take it off the last field of one"};
    if (std::none_of(grammar.plots.begin(), grammar.plots.end(),
                     [&](const Plot& plot) { return fits(plot, name); }))
      return Fault{fmt::format("no plot is for the kind '{}'", name), "take it off the `not` of one"};
  }
  return {};
}

}  // namespace

auto first_fault(const Grammar& grammar) -> std::optional<Fault> {
  for (auto* check :
       {missing_list, missing_part, unreadable_text, endless_text, hopeless_kind, hopeless_plot})
    if (auto fault = check(grammar)) return fault;
  return {};
}

}  // namespace mcullm::recipe
