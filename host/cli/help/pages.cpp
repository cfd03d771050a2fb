// SPDX-License-Identifier: MIT
#include "cli/help/pages.hpp"

#include <fmt/core.h>

#include <array>

#include "config/setting.hpp"
#include "ui/table.hpp"

namespace mcullm::cli {
namespace {

auto exit_codes() -> std::string {
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
  return table.render();
}

auto config() -> std::string {
  ui::Table table({{"key"}, {"option"}, {"variable"}, {"meaning"}});
  for (const auto& setting : config::settings())
    table.add_row({setting.name, fmt::format("--{}", setting.name), config::variable_of(setting.name),
                   setting.meaning});
  return R"(A setting is taken from the first of these that has it:
  1. the option on the command line
  2. its variable in the environment
  3. the profile that --profile NAME or MCULLM_PROFILE chooses, in a configuration file
  4. what stands above the profiles in a configuration file
  5. what is built in; for the board that is the one that answers, else the first of mcullm boards that can
     be simulated here

Configuration files are mcullm.toml in the current folder, and behind it
$XDG_CONFIG_HOME/mcullm/config.toml (~/.config/mcullm/config.toml). --config FILE or MCULLM_CONFIG names
one that is read in place of both. A file of the current folder may be anybody's: it can neither start
programs (port = "exec:...") nor write a log or a trace.

  # mcullm.toml
  port = "sim:native"

  [uno]                      # mcullm --profile uno chat
  port = "/dev/ttyUSB0"
  baud = 500000

  [desk]
  port = "id:E6616407E3496B28"
  no-color = true

)" + table.render() +
         R"(
Only in the environment: MCULLM_CONFIG, MCULLM_PROFILE, MCULLM_NOHISTORY (keep no history of the chat),
MCULLM_AGENT_DIR (where simulated boards are looked for), NO_COLOR and TERM=dumb (no colours),
XDG_CONFIG_HOME, XDG_STATE_HOME.
)";
}

auto json() -> std::string {
  return R"(With --json a command prints one JSON object on stdout and nothing else there; notes, progress and
errors go to stderr as always. Its first key is its form: "schema": "mcullm.COMMAND.v1", which is described
by COMMAND.json in share/mcullm/schemas (JSON Schema 2020-12). Keys may be added within a version; a reader
ignores those that it does not know.

A command that fails before it has a result prints this object instead, and returns its exit code:
  {"schema": "mcullm.error.v1", "exit_code": 4, "what": "...", "hint": "..."}
A check that finds a difference has a result: its object says so, and the exit code is 6.

mcullm list --watch --json prints an object per line, one for each change.
)";
}

constexpr std::array pages = {
    HelpPage{"exit-codes", "what a script can rely on", exit_codes},
    HelpPage{"config", "configuration files, profiles and variables", config},
    HelpPage{"json", "the form of --json", json},
};

}  // namespace

auto help_pages() -> std::span<const HelpPage> { return pages; }

}  // namespace mcullm::cli
