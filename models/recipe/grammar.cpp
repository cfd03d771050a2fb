// SPDX-License-Identifier: MIT
#include "grammar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "faults.hpp"

namespace mcullm::recipe {
namespace {

auto trimmed(std::string_view text) -> std::string_view {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

auto words_of(std::string_view text) -> std::vector<std::string> {
  std::istringstream in{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

constexpr int most_weight = 10000;

auto read_number(std::string_view text, int least, int most, int& value) -> bool {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value >= least && value <= most;
}

// "3* hill" has weight 3; without a number before the star it is no weight.
auto read_weight(std::string_view& text, int& weight) -> bool {
  const auto star = text.find('*');
  if (star == std::string_view::npos || star == 0 ||
      text.substr(0, star).find_first_not_of("0123456789") != std::string_view::npos)
    return true;
  const auto digits = text.substr(0, star);
  text = trimmed(text.substr(star + 1));
  return read_number(digits, 1, most_weight, weight);
}

class Parser {
 public:
  auto line(std::string_view text) -> bool {
    if (trimmed(text).empty() || text.front() == '#') return true;
    return text.front() == ' ' ? body(trimmed(text)) : head(text);
  }

  auto grammar() -> Grammar& { return grammar_; }

 private:
  enum class Block { none, list, opening, ending, plot };

  auto head(std::string_view text) -> bool {
    const auto colon = text.find(':');
    const auto words = words_of(text.substr(0, colon));
    const auto rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    block_ = Block::none;
    const auto is = [&words](std::string_view name, std::size_t least, std::size_t most) {
      return words.size() >= least && words.size() <= most && words[0] == name;
    };
    if (is("invented", 2, 2)) return read_number(words[1], 0, 100, grammar_.invented_percent);
    if (is("longest", 2, 2)) return read_number(words[1], 1, 1'000'000, grammar_.longest);
    if (is("name", 2, 2)) return add_names(words[1], rest);
    if (is("words", 2, 2)) return append(grammar_.words[words[1]], rest);
    if (is("list", 2, 2)) return open_list(words[1], rest);
    if (is("opening", 2, 3)) return open_passage(Block::opening, words);
    if (is("ending", 2, 3)) return open_passage(Block::ending, words);
    if (is("plot", 2, words.size())) return open_plot(words);
    return false;
  }

  static auto append(std::vector<std::string>& to, std::string_view rest) -> bool {
    for (auto& part : split_choices(rest)) to.push_back(std::move(part));
    return true;
  }

  auto add_names(std::string_view gender, std::string_view names) -> bool {
    if (gender == "f") return append(grammar_.female_names, names);
    return gender == "m" && append(grammar_.male_names, names);
  }

  auto open_list(const std::string& name, std::string_view fields) -> bool {
    block_ = Block::list;
    list_ = &grammar_.lists[name];
    list_->fields = words_of(fields);
    return !list_->fields.empty();
  }

  auto open_passage(Block block, const std::vector<std::string>& words) -> bool {
    block_ = block;
    passage_ = {1, words.size() == 3, {}};
    return read_number(words[1], 1, most_weight, passage_.weight) &&
           (words.size() == 2 || words[2] == "both");
  }

  auto open_plot(const std::vector<std::string>& words) -> bool {
    block_ = Block::plot;
    grammar_.plots.push_back({words[1], {}, {}, {}});
    if (words.size() == 2) return true;
    grammar_.plots.back().unfit_kinds.assign(words.begin() + 3, words.end());
    return words[2] == "not";
  }

  auto body(std::string_view text) -> bool {
    switch (block_) {
      case Block::none:
        return false;
      case Block::list:
        return entry(text);
      case Block::opening:
      case Block::ending:
        passage_.text = text == "-" ? "" : std::string(text);
        (block_ == Block::opening ? grammar_.openings : grammar_.endings).push_back(passage_);
        return true;
      case Block::plot:
        return plot_line(text);
    }
    return false;
  }

  auto entry(std::string_view text) -> bool {
    if (list_->fields.size() == 1) {
      for (auto& part : split_choices(text)) list_->entries.push_back({1, {std::move(part)}});
      return true;
    }
    Entry entry;
    if (!read_weight(text, entry.weight)) return false;
    entry.fields = split_choices(text);
    if (entry.fields.size() > list_->fields.size()) return false;
    entry.fields.resize(list_->fields.size());
    list_->entries.push_back(std::move(entry));
    return true;
  }

  auto plot_line(std::string_view text) -> bool {
    auto& plot = grammar_.plots.back();
    const auto space = text.find(' ');
    const auto sign = text.substr(0, space);
    const std::string rest(trimmed(text.substr(sign.size())));
    if (sign == "open")
      plot.openings.push_back(rest);
    else if (sign == "1")
      plot.steps.push_back({Step::When::after_opening, rest});
    else if (sign == "-")
      plot.steps.push_back({Step::When::always, rest});
    else if (sign == "?")
      plot.steps.push_back({Step::When::sometimes, rest});
    else
      return false;
    return true;
  }

  Grammar grammar_;
  Block block_ = Block::none;
  List* list_ = nullptr;
  Passage passage_;
};

}  // namespace

auto fits(const Plot& plot, std::string_view kind) -> bool {
  return std::find(plot.unfit_kinds.begin(), plot.unfit_kinds.end(), kind) == plot.unfit_kinds.end();
}

auto suits(const Entry& trait, std::string_view kind) -> bool {
  const auto unfit = words_of(trait.fields[2]);
  return std::find(unfit.begin(), unfit.end(), kind) == unfit.end();
}

auto split_choices(std::string_view text) -> std::vector<std::string> {
  std::vector<std::string> parts;
  int depth = 0;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : '|';
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c != '|' || depth != 0) continue;
    parts.emplace_back(trimmed(text.substr(from, i - from)));
    from = i + 1;
  }
  return parts;
}

auto parse_slot(std::string_view key) -> Slot {
  Slot slot;
  slot.optional = key.ends_with('?');
  if (slot.optional) key.remove_suffix(1);
  const auto dot = key.find('.');
  slot.label = key.substr(0, dot);
  if (dot != std::string_view::npos) slot.field = key.substr(dot + 1);
  slot.base = slot.label.substr(0, slot.label.find_last_not_of("0123456789") + 1);
  return slot;
}

auto parse_grammar(std::string_view text, std::string_view name) -> Result<Grammar> {
  Parser parser;
  int number_of_line = 0;
  for (std::istringstream in{std::string(text)}; !in.eof();) {
    std::string line;
    std::getline(in, line);
    ++number_of_line;
    if (!parser.line(line))
      return Error{Exit::input, fmt::format("{}:{}: cannot read \"{}\"", name, number_of_line, line),
                   "the signs are explained in grammar.hpp"};
  }
  if (auto fault = first_fault(parser.grammar()))
    return Error{Exit::input, fmt::format("{}: {}", name, fault->what), std::move(fault->fix)};
  return std::move(parser.grammar());
}

}  // namespace mcullm::recipe
