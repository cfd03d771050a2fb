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

auto number(std::string_view text, int otherwise) -> int {
  int value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// "3* hill" has weight 3
auto take_weight(std::string_view& text) -> int {
  const auto star = text.find('*');
  if (star == std::string_view::npos || star == 0 ||
      text.substr(0, star).find_first_not_of("0123456789") != std::string_view::npos)
    return 1;
  const int weight = number(text, 1);
  text = trimmed(text.substr(star + 1));
  return weight;
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
    if (words[0] == "invented" && words.size() == 2)
      grammar_.invented_percent = number(words[1], 0);
    else if (words[0] == "longest" && words.size() == 2)
      grammar_.longest = number(words[1], 0);
    else if (words[0] == "name" && words.size() == 2)
      append(words[1] == "f" ? grammar_.female_names : grammar_.male_names, rest);
    else if (words[0] == "words" && words.size() == 2)
      append(grammar_.words[words[1]], rest);
    else if (words[0] == "list" && words.size() == 2)
      open_list(words[1], rest);
    else if ((words[0] == "opening" || words[0] == "ending") && words.size() >= 2)
      open_passage(words);
    else if (words[0] == "plot" && words.size() >= 2)
      open_plot(words);
    else
      return false;
    return true;
  }

  static void append(std::vector<std::string>& to, std::string_view rest) {
    for (auto& part : split_choices(rest)) to.push_back(std::move(part));
  }

  void open_list(const std::string& name, std::string_view fields) {
    block_ = Block::list;
    list_ = &grammar_.lists[name];
    list_->fields = words_of(fields);
  }

  void open_passage(const std::vector<std::string>& words) {
    block_ = words[0] == "opening" ? Block::opening : Block::ending;
    passage_ = {number(words[1], 1), words.size() > 2 && words[2] == "both", {}};
  }

  void open_plot(const std::vector<std::string>& words) {
    block_ = Block::plot;
    grammar_.plots.push_back({words[1], {}, {}, {}});
    for (std::size_t i = 3; i < words.size(); ++i) grammar_.plots.back().unfit_kinds.push_back(words[i]);
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
    const int weight = take_weight(text);
    list_->entries.push_back({weight, split_choices(text)});
    list_->entries.back().fields.resize(list_->fields.size());
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
