// SPDX-License-Identifier: MIT
// The mcullm program: reads the command line, runs one command, turns its result into an exit code.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <new>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "cli/command.hpp"
#include "cli/program/bundled_image.hpp"
#include "cli/program/trace_option.hpp"
#include "cli/program/usage_error.hpp"
#include "cli/settings/apply_settings.hpp"
#include "proto/frame.h"
#include "proto/image.h"
#include "sim/open_port.hpp"
#include "ui/interrupt.hpp"
#include "ui/standard_streams.hpp"

namespace mcullm::cli {

#define MCULLM_COMMAND(name) void add_##name##_command(CLI::App&, CommandContext&);
#include "commands.inc"
#undef MCULLM_COMMAND

namespace {

constexpr auto footer = R"(First steps:
  mcullm chat                                     talk to a simulated board
  mcullm doctor                                   is all there that real boards need?
  mcullm convert stories260K.bin --tokenizer tok512.bin -o stories.mcm
  mcullm quantize stories.mcm -o stories-q.mcm    make it fit for a board
  mcullm chat stories-q.mcm --port sim:native     every token checked bit for bit
  mcullm validate --port sim:native --sweep 16    check the arithmetic of a board

mcullm COMMAND --help explains a command, mcullm help exit-codes what a script can rely on.
stdout carries data alone; notes, progress and errors go to stderr.)";

// The help shows the groups in the order of work, the commands of each in that of the alphabet.
class GroupedHelp : public CLI::Formatter {
 public:
  auto make_subcommands(const CLI::App* app, CLI::AppFormatMode) const -> std::string override {
    std::string text;
    for (const std::string title : {group::talk, group::models, group::boards, group::more}) {
      const auto commands =
          app->get_subcommands([&](const CLI::App* command) { return command->get_group() == title; });
      if (!commands.empty()) text += "\n" + title + ":\n";
      for (const auto* command : commands) text += make_subcommand(command);
    }
    return text;
  }
};

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

// What the configuration says becomes the default of the options. An error waits until it is known whether
// the command needs the configuration at all.
auto configure_options(CLI::App& app, const ConfigChoice& choice) -> Result<config::Config> {
  name_variables(app);
  auto config =
      config::load_config({.chosen = choice.file, .user = config::user_config_file()}, choice.profile);
  if (!config) return config;
  if (const auto applied = apply_config(app, *config); !applied) return applied.error();
  return config;
}

// These explain what is wrong, or depend on nothing.
auto works_without_config(const CLI::App& app) -> bool {
  static const std::set<std::string> names = {"help", "doctor", "completion", "__complete"};
  const auto chosen = app.get_subcommands();
  return chosen.empty() || names.contains(chosen.front()->get_name());
}

// Those that open none leave the recording of the last one alone: a completion of words comes in between.
auto opens_boards(const CLI::App& app) -> bool {
  static const std::set<std::string> none = {"help", "completion", "__complete"};
  const auto chosen = app.get_subcommands();
  return !chosen.empty() && !none.contains(chosen.front()->get_name());
}

auto run(const std::function<Result<Ok>()>& command) -> Result<Ok> {
  try {
    return command();
  } catch (const std::bad_alloc&) {
    return Error{Exit::internal, "out of memory", "close other programs or take a smaller model"};
  } catch (const std::exception& bug) {
    return Error{Exit::internal, fmt::format("internal error: {}", bug.what()),
                 "this is a bug of mcullm; please report it"};
  }
}

auto json_wanted(int argc, char** argv) -> bool {
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i)
    if (std::string_view(argv[i]) == "--json") return true;
  return false;
}

// Says what is wrong, and returns its exit code. Who asked for JSON gets one object in any case: where there
// is no result, the error.
auto report(ui::Console& console, const Result<Ok>& result, bool json) -> int {
  if (result) return static_cast<int>(Exit::ok);
  const auto& error = result.error();
  if (json && !console.printed_json())
    console.print_json(
        "error", {{"exit_code", static_cast<int>(error.exit)}, {"what", error.what}, {"hint", error.hint}});
  console.fail(error);
  return static_cast<int>(error.exit);
}

void set_up(CLI::App& app, ui::ConsoleOptions& options) {
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.fallthrough();  // global options are understood after the command as well
  app.require_subcommand(0, 1);
  app.footer(footer);
  app.formatter(std::make_shared<GroupedHelp>());
  app.get_formatter()->column_width(34);
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  add_global_options(app, options);
}

// The chosen command, once the command line was understood.
auto run_chosen(CommandContext& context, const CLI::App& app, const Result<config::Config>& config)
    -> Result<Ok> {
  if (context.config_error && !works_without_config(app)) return *context.config_error;
  if (config)
    for (const auto& file : config->files) context.console.detail("settings from " + file);
  if (const auto result = run(context.chosen); !result) return result;
  return context.console.close();
}

auto run_program(int argc, char** argv) -> int {
  ui::occupy_closed_streams();
  ui::Console console;
  CommandContext context{console, ui::catch_interrupts(), {}, std::nullopt, ""};
  std::signal(SIGPIPE, SIG_IGN);  // a board that dies is an error to report, not the end

  CLI::App app("Language models on microcontrollers, every number checked bit for bit", "mcullm");
  ui::ConsoleOptions options;
  auto choice = find_config_choice(argc, argv);
  set_up(app, options);
  std::string trace;
  add_trace_option(app, trace);
  app.add_option("--boards", context.boards_file,
                 "More boards, or other numbers for known ones: mcullm boards")
      ->type_name("FILE.toml");
  add_config_options(app, choice);
  add_commands(app, context);
  name_bundled_images(app);
  const auto config = configure_options(app, ConfigChoice(choice));
  if (!config) context.config_error = config.error();
  const bool json = json_wanted(argc, argv);

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& version) {
    console.print_line(version.what());
    return report(console, console.close(), false);
  } catch (const CLI::Success&) {
    console.print_help(app.help());
    return report(console, console.close(), false);
  } catch (const CLI::ParseError& error) {
    return report(console, usage_error(app, error), json);
  }
  if (const auto done = console.configure(options); !done) return report(console, done, json);
  if (opens_boards(app))
    if (const auto done = start_trace(trace, {argv, argv + argc}); !done) return report(console, done, json);
  if (!context.chosen) {
    console.warn("no command given\n\n" + app.help());
    return static_cast<int>(Exit::usage);
  }
  const auto result = run_chosen(context, app, config);
  const int code = report(console, result, json);
  if (const auto lost = sim::recording_loss(); !lost.empty())
    console.warn(fmt::format("the recording {} is incomplete: {}", trace, lost));
  if (!result && is_unexpected(result.error()) && console.close()) {
    if (const auto advice = report_advice({argv + 1, argv + argc}); !advice.empty()) console.note(advice);
  }
  return code;
}

}  // namespace
}  // namespace mcullm::cli

int main(int argc, char** argv) { return mcullm::cli::run_program(argc, argv); }
