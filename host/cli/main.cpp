// SPDX-License-Identifier: MIT
// The mcullm program: reads the command line, runs one command, turns its result into an exit code.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <new>

#include "cli/command.hpp"
#include "proto/frame.h"
#include "proto/image.h"
#include "ui/interrupt.hpp"
#include "ui/suggestion.hpp"

namespace mcullm::cli {

#define MCULLM_COMMAND(name) void add_##name##_command(CLI::App&, CommandContext&);
#include "commands.inc"
#undef MCULLM_COMMAND

namespace {

constexpr auto footer = R"(First steps:
  mcullm chat                                     talk to a simulated board
  mcullm convert stories260K.bin --tokenizer tok512.bin -o stories.mcm
  mcullm quantize stories.mcm -o stories-q.mcm    make it fit for a board
  mcullm chat stories-q.mcm --port sim:native     every token checked bit for bit
  mcullm validate --port sim:native --sweep 16    check the arithmetic of a board

mcullm COMMAND --help explains a command, mcullm help exit-codes what a script can rely on.
stdout carries data alone; notes, progress and errors go to stderr.)";

void add_commands(CLI::App& app, CommandContext& context) {
#define MCULLM_COMMAND(name) add_##name##_command(app, context);
#include "commands.inc"
#undef MCULLM_COMMAND
}

void add_global_options(CLI::App& app, ui::ConsoleOptions& options) {
  app.set_version_flag(
      "--version",
      fmt::format("mcullm {} (arithmetic {}, image format {}, wire {})", MCULLM_VERSION,
                  int(MCL_ARITHMETIC_VERSION), int(MCL_IMAGE_VERSION), int(MCL_WIRE_VERSION)),
      "Print the versions of the tool and of its contracts, and exit");
  app.add_flag("-q,--quiet", options.quiet, "No notes and no progress, only warnings and errors");
  app.add_flag("-v,--verbose", options.verbosity, "Tell more on stderr; -vv tells everything");
  app.add_flag("--no-color", options.no_color, "No colours (NO_COLOR and TERM=dumb do the same)");
  app.add_flag("--no-progress", options.no_progress, "No progress bars");
  app.add_option("--log", options.log, "Append all that is said to FILE, with times")->type_name("FILE");
}

auto names_of_commands(const CLI::App& app) -> std::vector<std::string> {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

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
  const auto meant = is_option || command == nullptr ? ui::nearest(name, known) : std::nullopt;
  const std::string_view kind = is_option ? "option" : command == nullptr ? "command" : "argument";
  return {Exit::usage, fmt::format("unknown {} '{}'", kind, name),
          meant ? fmt::format("did you mean '{}'? {} lists them all", *meant, help)
                : fmt::format("{} lists what there is", help)};
}

auto usage_error(const CLI::App& app, const CLI::ParseError& error) -> Error {
  const auto chosen = app.get_subcommands();
  const CLI::App* command = chosen.empty() ? nullptr : chosen.front();
  const auto unknown = app.remaining(true);
  if (!unknown.empty()) return unknown_argument(app, command, unknown.front());
  const std::string help = command == nullptr ? "mcullm --help" : "mcullm " + command->get_name() + " --help";
  return {Exit::usage, error.what(), help + " shows the usage and examples"};
}

auto run(const std::function<Result<Ok>()>& command) -> Result<Ok> {
  try {
    return command();
  } catch (const std::bad_alloc&) {
    return Error{Exit::internal, "out of memory", "close other programs or take a smaller model"};
  } catch (const std::exception& bug) {
    return Error{Exit::internal, fmt::format("internal error: {}", bug.what()),
                 "this is a bug of mcullm; please report it with the command line and --log FILE -vv"};
  }
}

auto report(ui::Console& console, const Result<Ok>& result) -> int {
  if (result) return static_cast<int>(Exit::ok);
  console.fail(result.error());
  return static_cast<int>(result.error().exit);
}

auto run_program(int argc, char** argv) -> int {
  ui::Console console;
  CommandContext context{console, ui::catch_interrupts(), {}};
  std::signal(SIGPIPE, SIG_IGN);  // a board that dies is an error to report, not the end

  CLI::App app("Language models on microcontrollers, every number checked bit for bit", "mcullm");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.fallthrough();  // global options are understood after the command as well
  app.require_subcommand(0, 1);
  app.footer(footer);
  app.get_formatter()->column_width(34);
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  ui::ConsoleOptions options;
  add_global_options(app, options);
  add_commands(app, context);

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& version) {
    console.print_line(version.what());
    return report(console, console.close());
  } catch (const CLI::Success&) {
    console.print(app.help());
    return report(console, console.close());
  } catch (const CLI::ParseError& error) {
    return report(console, usage_error(app, error));
  }
  if (const auto configured = console.configure(options); !configured) return report(console, configured);
  if (!context.chosen) {
    console.warn("no command given\n\n" + app.help());
    return static_cast<int>(Exit::usage);
  }
  if (const auto result = run(context.chosen); !result) return report(console, result);
  return report(console, console.close());
}

}  // namespace
}  // namespace mcullm::cli

int main(int argc, char** argv) { return mcullm::cli::run_program(argc, argv); }
