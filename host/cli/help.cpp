// SPDX-License-Identifier: MIT
// mcullm help [TOPIC]: the help of the program, of a command, or a page of its own.
#include <fmt/core.h>

#include "base/suggestion.hpp"
#include "cli/command.hpp"
#include "cli/help/man_page.hpp"
#include "cli/help/pages.hpp"
#include "cli/program/usage_error.hpp"

namespace mcullm::cli {
namespace {

constexpr auto man_topic = "man";

auto run_help(const CLI::App& app, const std::string& topic, CommandContext& context) -> Result<Ok> {
  auto topics = names_of_commands(app);
  for (const auto& page : help_pages()) {
    if (page.name == topic) {
      context.console.print_help(page.text());
      return Ok{};
    }
    topics.emplace_back(page.name);
  }
  for (const auto* command : app.get_subcommands({})) {
    if (command->get_name() != topic) continue;
    context.console.print_help(command->help(app.get_name()));
    return Ok{};
  }
  if (topic == man_topic) {
    context.console.print(man_page(app));
    return Ok{};
  }
  topics.emplace_back(man_topic);
  const auto meant = nearest(topic, topics);
  return Error{
      Exit::usage, fmt::format("no help on '{}'", topic),
      meant ? fmt::format("did you mean 'mcullm help {}'?", *meant) : "mcullm --help lists the commands"};
}

auto footer() -> std::string {
  std::string text = "Pages:\n";
  for (const auto& page : help_pages()) text += fmt::format("  {:<12} {}\n", page.name, page.about);
  text += fmt::format("  {:<12} {}\n", man_topic, "the manual page mcullm(1), as roff");
  return text + "\nExamples:\n  mcullm help chat\n  mcullm help exit-codes";
}

}  // namespace

void add_help_command(CLI::App& app, CommandContext& context) {
  const auto topic = std::make_shared<std::string>();
  auto* command = app.add_subcommand("help", "Explain a command, or a matter of all of them");
  command->group(group::more);
  command->add_option("topic", *topic, "A command or a page")->type_name("TOPIC");
  command->footer(footer());
  command->callback([&app, topic, &context] {
    context.chosen = [&app, topic, &context]() -> Result<Ok> {
      if (!topic->empty()) return run_help(app, *topic, context);
      context.console.print_help(
          app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal));
      return Ok{};
    };
  });
}

}  // namespace mcullm::cli
