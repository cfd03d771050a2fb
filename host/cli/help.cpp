// SPDX-License-Identifier: MIT
// mcullm help [TOPIC]: the help of the program, of a command, or a page of its own.
#include <fmt/core.h>

#include "cli/command.hpp"
#include "ui/suggestion.hpp"

namespace mcullm::cli {
namespace {

auto exit_code_table() -> ui::Table {
  struct Line {
    Exit exit;
    const char* meaning;
  };
  constexpr Line lines[] = {
      {Exit::ok, "done"},
      {Exit::internal, "a bug of mcullm, or stdout could not be written"},
      {Exit::usage, "the command line is wrong"},
      {Exit::input, "a file is missing, malformed or does not fit the others"},
      {Exit::no_device, "no board, or several and none chosen"},
      {Exit::link, "the board stopped answering"},
      {Exit::mismatch, "a result differs from the reference"},
      {Exit::refused, "the board says no: version, memory or capability"},
      {Exit::cancelled, "interrupted with Ctrl-C"},
  };
  ui::Table table({{"code", ui::Align::right}, {"meaning"}});
  for (const auto& line : lines) table.add_row({std::to_string(static_cast<int>(line.exit)), line.meaning});
  return table;
}

auto run_help(const CLI::App& app, const std::string& topic, CommandContext& context) -> Result<Ok> {
  if (topic == "exit-codes") {
    context.console.print_table(exit_code_table());
    return Ok{};
  }
  std::vector<std::string> topics = {"exit-codes"};
  for (const auto* command : app.get_subcommands({})) {
    if (command->get_name() == topic) {
      context.console.print(command->help(app.get_name()));
      return Ok{};
    }
    topics.push_back(command->get_name());
  }
  const auto meant = ui::nearest(topic, topics);
  return Error{
      Exit::usage, fmt::format("no help on '{}'", topic),
      meant ? fmt::format("did you mean 'mcullm help {}'?", *meant) : "mcullm --help lists the commands"};
}

}  // namespace

void add_help_command(CLI::App& app, CommandContext& context) {
  const auto topic = std::make_shared<std::string>();
  auto* command = app.add_subcommand("help", "Explain a command, or the exit codes")->group(group::more);
  command->add_option("topic", *topic, "A command, or exit-codes")->type_name("");
  command->footer("Examples:\n  mcullm help chat\n  mcullm help exit-codes");
  command->callback([&app, topic, &context] {
    context.chosen = [&app, topic, &context]() -> Result<Ok> {
      if (!topic->empty()) return run_help(app, *topic, context);
      context.console.print(app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal));
      return Ok{};
    };
  });
}

}  // namespace mcullm::cli
