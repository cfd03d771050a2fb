// SPDX-License-Identifier: MIT
#include "cli/replay/recorded_command.hpp"

#include <algorithm>

#include "cli/program/shell_quoted.hpp"

namespace mcullm::cli {
namespace {

auto has_option(const std::vector<std::string>& words, std::string_view option) -> bool {
  return std::ranges::any_of(words, [&](std::string_view word) {
    return word == option || (word.starts_with(option) && word.substr(option.size()).starts_with('='));
  });
}

}  // namespace

auto without_options(const std::vector<std::string>& words, std::span<const std::string_view> options)
    -> std::vector<std::string> {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--") {
      kept.insert(kept.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    const auto name = word.substr(0, word.find('='));
    const bool dropped = std::ranges::find(options, name) != options.end();
    if (!dropped) kept.push_back(words[i]);
    if (dropped && name.size() == word.size()) ++i;  // its value is the next word
  }
  return kept;
}

auto replay_command(const trace::Recording& recording, const std::string& file) -> std::string {
  const auto words = without_options(recording.command, line_options);
  std::string typed, text = "mcullm replay " + shell_quoted(file);
  for (std::size_t i = 1; i < words.size(); ++i) text += ' ' + shell_quoted(words[i]);
  for (const auto& note : recording.notes) {
    if (note.key == "seed" && !has_option(words, "--seed")) text += " --seed " + shell_quoted(note.text);
    if (note.key == "typed") typed += ' ' + shell_quoted(note.text);
  }
  return typed.empty() ? text : "printf '%s\\n'" + typed + " | " + text;
}

}  // namespace mcullm::cli
