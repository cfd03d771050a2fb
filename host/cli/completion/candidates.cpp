// SPDX-License-Identifier: MIT
#include "cli/completion/candidates.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "boards/board_register.hpp"
#include "cli/help/pages.hpp"
#include "cli/program/bundled_image.hpp"
#include "cli/settings/apply_settings.hpp"
#include "config/config_file.hpp"
#include "link/serial_ports.hpp"
#include "sim/simulated_boards.hpp"

namespace mcullm::cli {
namespace {

using Words = std::vector<Candidate>;

// -- what the program knows of itself --------------------------------------------------------------------

auto hidden(const CLI::App& command) -> bool { return command.get_group().empty(); }

auto commands(const CLI::App& app) -> Words {
  Words words;
  for (const auto* command : app.get_subcommands({}))
    if (!hidden(*command)) words.push_back({command->get_name(), command->get_description()});
  return words;
}

void add_options(const CLI::App& app, Words& words) {
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames())
      if (!option->get_group().empty()) words.push_back({"--" + name, option->get_description()});
}

auto takes_value(const CLI::Option& option) -> bool { return option.get_items_expected_max() > 0; }

auto find_command(const CLI::App& app, const std::string& name) -> const CLI::App* {
  for (const auto* command : app.get_subcommands({}))
    if (command->get_name() == name) return command;
  return nullptr;
}

auto find_option(const CLI::App& app, const CLI::App* command, const std::string& word)
    -> const CLI::Option* {
  const std::string name = word.substr(0, word.find('='));
  if (command != nullptr)
    if (const auto* option = command->get_option_no_throw(name); option != nullptr) return option;
  return app.get_option_no_throw(name);
}

auto positional(const CLI::App& command, std::size_t index) -> const CLI::Option* {
  const CLI::Option* last = nullptr;
  for (const auto* option : command.get_options()) {
    if (!option->get_positional()) continue;
    last = option;
    if (index-- == 0) return option;
  }
  // the last one may stand for many
  return last != nullptr && last->get_items_expected_max() > 1 ? last : nullptr;
}

// -- what is there at this moment ------------------------------------------------------------------------

auto ports() -> Words {
  Words words;
  for (const auto& port : link::list_serial_ports()) {
    words.push_back({port.path, port.description});
    if (!port.usb_serial.empty()) words.push_back({"id:" + port.usb_serial, port.path});
  }
  for (const auto& board : sim::simulated_boards())
    words.push_back({fmt::format("sim:{}", board.name), board.description});
  return words;
}

auto boards_known(const CLI::App& app) -> Words {
  Words words;
  const auto file = app.get_option("--boards")->as<std::string>();
  if (const auto known = boards::load_register(file); known)
    for (const auto& board : known->boards) words.push_back({board.id, board.title});
  return words;
}

auto bundled() -> Words {
  Words words;
  for (const auto& image : bundled_images()) words.push_back({image.stem().string(), "bundled"});
  return words;
}

auto simulated() -> Words {
  Words words;
  for (const auto& board : sim::simulated_boards()) words.push_back({board.name, board.description});
  return words;
}

auto profiles() -> Words {
  Words words;
  const auto choice = find_config_choice(0, nullptr);
  if (const auto config =
          config::load_config({.chosen = choice.file, .user = config::user_config_file()}, "");
      config)
    for (const auto& name : config->profiles) words.push_back({name, "profile"});
  return words;
}

auto topics(const CLI::App& app) -> Words {
  Words words = commands(app);
  for (const auto& page : help_pages()) words.push_back({page.name, page.about});
  return words;
}

// "TEXT:{fast,slow}" of a check by CLI::IsMember, or a type that is called "w8|w4".
auto listed_values(const std::string& type) -> Words {
  const auto open = type.find('{');
  const auto close = type.find('}', open);
  const bool braces = open != std::string::npos && close != std::string::npos;
  const std::string list = braces ? type.substr(open + 1, close - open - 1) : type;
  const char separator = braces ? ',' : '|';
  Words words;
  for (std::size_t start = 0; braces || list.find('|') != std::string::npos;) {
    const auto end = list.find(separator, start);
    words.push_back({list.substr(start, end - start), ""});
    if (end == std::string::npos) break;
    start = end + 1;
  }
  return words;
}

auto file_extension(const std::string& type) -> std::string {
  const auto dot = type.find('.');
  if (dot == std::string::npos) return "";
  const auto end = type.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789", dot + 1);
  return type.substr(dot + 1, end == std::string::npos ? end : end - dot - 1);
}

auto values(const CLI::App& app, const CLI::App* command, const CLI::Option& option) -> Candidates {
  const auto name = option.get_single_name();
  const std::string of = command == nullptr ? "" : command->get_name();
  if (name == "port") return {ports(), false, ""};
  if (name == "board") return {of == "sim" ? simulated() : boards_known(app), false, ""};
  if (name == "profile") return {profiles(), false, ""};
  if (name == "topic") return {topics(app), false, ""};
  const auto type = option.get_type_name();
  if (type == model_type) return {bundled(), true, "mcm"};
  if (auto listed = listed_values(type); !listed.empty()) return {std::move(listed), false, ""};
  const bool files = type.find("FILE") != std::string::npos || type.find('.') != std::string::npos;
  return {{}, files, files ? file_extension(type) : ""};
}

void keep_those_with(const std::string& start, Words& words) {
  std::erase_if(words, [&](const Candidate& candidate) { return !candidate.word.starts_with(start); });
}

}  // namespace

auto complete(const CLI::App& app, const std::vector<std::string>& words) -> Candidates {
  const std::string current = words.empty() ? "" : words.back();
  const CLI::App* command = nullptr;
  const CLI::Option* waiting = nullptr;  // an option whose value comes next
  std::size_t positionals = 0;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const auto& word = words[i];
    if (waiting != nullptr) {
      waiting = nullptr;
    } else if (word.starts_with('-')) {
      const auto* option = find_option(app, command, word);
      if (option != nullptr && takes_value(*option) && word.find('=') == std::string::npos) waiting = option;
    } else if (command == nullptr) {
      command = find_command(app, word);
    } else {
      ++positionals;
    }
  }

  Candidates found;
  std::string before;  // of the word: "--port="
  if (waiting != nullptr) {
    found = values(app, command, *waiting);
  } else if (current.starts_with('-') && current.find('=') != std::string::npos) {
    before = current.substr(0, current.find('=') + 1);
    if (const auto* option = find_option(app, command, current); option != nullptr)
      found = values(app, command, *option);
  } else if (current.starts_with('-')) {
    if (command != nullptr) add_options(*command, found.words);
    add_options(app, found.words);
  } else if (command == nullptr) {
    found.words = commands(app);
  } else if (const auto* option = positional(*command, positionals); option != nullptr) {
    found = values(app, command, *option);
  }
  for (auto& candidate : found.words) candidate.word.insert(0, before);
  keep_those_with(current, found.words);
  return found;
}

}  // namespace mcullm::cli
