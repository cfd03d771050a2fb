// SPDX-License-Identifier: MIT
#include "chat/chat_command.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace mcullm::chat {
namespace {

using Kind = ChatCommand::Kind;

struct Spelling {
  std::string_view name;
  Kind kind;
  int arguments;  // that it must have
};

constexpr std::array spellings = {
    Spelling{"/help", Kind::help, 0},   Spelling{"/?", Kind::help, 0},
    Spelling{"/reset", Kind::reset, 0}, Spelling{"/clear", Kind::reset, 0},
    Spelling{"/stats", Kind::stats, 0}, Spelling{"/save", Kind::save, 1},
    Spelling{"/load", Kind::load, 1},   Spelling{"/set", Kind::set, 2},
    Spelling{"/bye", Kind::bye, 0},     Spelling{"/exit", Kind::bye, 0},
    Spelling{"/quit", Kind::bye, 0},
};

constexpr std::string_view help =
    R"(Write the beginning of a story and press Enter: the model on the board goes on with it.
Each prompt begins a new story; after "/set continue on" it goes on where the last one stopped.

  /set temperature 0.7   0: always the likeliest token; higher: wilder
  /set top_p 0.9         choose among the likeliest tokens that make up this share
  /set seed 42           same seed, same prompts, same stories
  /set n 100             tokens of an answer at most; 0: until the story ends
  /set continue on|off   go on with the text, or begin anew with each prompt
  /set                   show these settings
  /reset                 forget the text
  /stats                 numbers of the last answer, the link and the board
  /save FILE, /load FILE keep the text, and take it up again
  /bye                   leave, like Ctrl-D

""" begins and ends a prompt of several lines. Ctrl-C stops an answer.
The status line: speed, context used, repeated requests, positions that equal the reference.)";

auto trimmed(std::string_view text) -> std::string_view {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Takes the first word off `text`.
auto next_word(std::string_view& text) -> std::string_view {
  text = trimmed(text);
  const auto word = text.substr(0, text.find_first_of(" \t"));
  text = trimmed(text.substr(word.size()));
  return word;
}

template <class Number>
auto number(std::string_view text) -> std::optional<Number> {
  Number value{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

auto out_of_range(const ChatCommand& command, std::string_view allowed) -> Error {
  return {Exit::usage,
          fmt::format("/set {} {}: {} is {}", command.argument, command.value, command.argument, allowed),
          ""};
}

// Stores the number if it lies in the range.
template <class Number>
auto set_number(const ChatCommand& command, Number least, Number most, Number& target) -> Result<Ok> {
  const auto value = number<Number>(command.value);
  if (!value || !(*value >= least && *value <= most))
    return out_of_range(command, fmt::format("a number from {} to {}", least, most));
  target = *value;
  return Ok{};
}

auto set_switch(const ChatCommand& command, bool& target) -> Result<Ok> {
  if (command.value != "on" && command.value != "off") return out_of_range(command, "on or off");
  target = command.value == "on";
  return Ok{};
}

}  // namespace

auto help_text() -> std::string_view { return help; }

auto parse_command(std::string_view line) -> Result<std::optional<ChatCommand>> {
  std::string_view rest = trimmed(line);
  if (!rest.starts_with('/')) return std::optional<ChatCommand>{};
  const auto name = next_word(rest);
  const auto known = std::find_if(spellings.begin(), spellings.end(),
                                  [&](const Spelling& spelling) { return spelling.name == name; });
  if (known == spellings.end())
    return Error{Exit::usage, fmt::format("unknown command '{}'", name), "/help lists them"};
  ChatCommand command{known->kind, {}, {}};
  if (known->kind == Kind::set && rest.empty()) {
    command.kind = Kind::show_settings;
    return std::optional(command);
  }
  if (known->arguments == 2) command.argument = next_word(rest);
  if (known->arguments >= 1) (known->arguments == 2 ? command.value : command.argument) = rest;
  if (known->arguments == 0 && !rest.empty())
    return Error{Exit::usage, fmt::format("{} takes no argument", name), "/help explains the commands"};
  if (known->arguments >= 1 && rest.empty())
    return Error{Exit::usage,
                 fmt::format("{} needs {}", name, known->arguments == 2 ? "a name and a value" : "a file"),
                 "/help explains the commands"};
  return std::optional(command);
}

auto apply_setting(const ChatCommand& command, Settings& settings, std::uint64_t& random_state)
    -> Result<Ok> {
  constexpr int most_tokens = 1 << 20;
  const auto& name = command.argument;
  if (name == "temperature") return set_number(command, 0.0, 100.0, settings.temperature);
  if (name == "top_p") return set_number(command, 0.0, 1.0, settings.top_p);
  if (name == "n") return set_number(command, 0, most_tokens, settings.max_tokens);
  if (name == "seed") return set_number(command, std::uint64_t{1}, ~std::uint64_t{0}, random_state);
  if (name == "continue") return set_switch(command, settings.continue_text);
  return Error{Exit::usage, fmt::format("/set: there is no '{}'", name),
               "temperature, top_p, seed, n or continue"};
}

auto PromptLines::add(const std::string& line) -> std::optional<std::string> {
  constexpr std::string_view quotes = "\"\"\"";
  std::string_view rest = line;
  if (!open_) {
    if (!trimmed(rest).starts_with(quotes)) return line;
    rest = trimmed(rest).substr(quotes.size());
    open_ = true;
    text_.clear();
  } else {
    text_ += '\n';
  }
  const auto end = rest.find(quotes);
  text_ += rest.substr(0, end);
  if (end == std::string_view::npos) return std::nullopt;
  open_ = false;
  // the line breaks right inside the quotes are layout
  if (text_.starts_with('\n')) text_.erase(0, 1);
  if (text_.ends_with('\n')) text_.pop_back();
  return text_;
}

}  // namespace mcullm::chat
