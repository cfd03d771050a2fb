// SPDX-License-Identifier: MIT
#include "cli/program/usage_error.hpp"

#include <fmt/core.h>

#include "base/suggestion.hpp"
#include "cli/settings/apply_settings.hpp"

namespace mcullm::cli {
namespace {

auto names_of_options(const CLI::App& app) -> std::vector<std::string> {
  std::vector<std::string> names;
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

// What the user typed and nobody knows, with the nearest thing that exists.
auto unknown_argument(const CLI::App& app, const CLI::App* command, const std::string& argument) -> Error {
  const bool is_option = argument.starts_with("-");
  auto known = is_option ? names_of_options(app) : names_of_commands(app);
  if (is_option && command != nullptr)
    for (auto& name : names_of_options(*command)) known.push_back(std::move(name));
  const std::string help = command == nullptr ? "mcullm --help" : "mcullm " + command->get_name() + " --help";
  const std::string name = argument.substr(0, argument.find('='));
  const auto meant = is_option || command == nullptr ? nearest(name, known) : std::nullopt;
  const std::string_view kind = is_option ? "option" : command == nullptr ? "command" : "argument";
  return {Exit::usage, fmt::format("unknown {} '{}'", kind, name),
          meant ? fmt::format("did you mean '{}'? {} lists them all", *meant, help)
                : fmt::format("{} lists what there is", help)};
}

}  // namespace

auto names_of_commands(const CLI::App& app) -> std::vector<std::string> {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({}))
    if (!command->get_group().empty()) names.push_back(command->get_name());
  return names;
}

auto usage_error(const CLI::App& app, const CLI::ParseError& error) -> Error {
  const auto chosen = app.get_subcommands();
  const CLI::App* command = chosen.empty() ? nullptr : chosen.front();
  const auto unknown = app.remaining(true);
  if (!unknown.empty()) return unknown_argument(app, command, unknown.front());
  const std::string help = command == nullptr ? "mcullm --help" : "mcullm " + command->get_name() + " --help";
  const std::string source = blame_environment(error.what());
  return {Exit::usage, error.what(),
          (source.empty() ? "" : source + "; ") + help + " shows the usage and examples"};
}

}  // namespace mcullm::cli
