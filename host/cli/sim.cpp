// SPDX-License-Identifier: MIT
// mcullm sim: a simulated board on its own, behind a port that any program can open.
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "sim/board_on_pty.hpp"

namespace mcullm::cli {

namespace {

using nlohmann::ordered_json;

constexpr std::chrono::milliseconds look_interval{200};

struct SimOptions {
  std::string board;
  sim::BoardOptions run;
  bool json = false;
};

auto options_of(const sim::SimulatedBoard& board) -> std::vector<std::string> {
  std::vector<std::string> names = {"--store"};
  if (board.has_boot_loader) names.emplace_back("--empty");
  if (board.has_drive) names.emplace_back("--volume");
  if (board.keeps_time) names.emplace_back("--realtime");
  if (board.reports) names.emplace_back("--report");
  return names;
}

void list_boards(bool json, ui::Console& console) {
  ordered_json boards = ordered_json::array();
  ui::Table table({{"board"}, {"what"}, {"options"}});
  for (const auto& board : sim::simulated_boards()) {
    const auto options = options_of(board);
    boards.push_back({{"name", board.name}, {"description", board.description}, {"options", options}});
    std::string words;
    for (const auto& option : options) words += (words.empty() ? "" : " ") + option;
    table.add_row({board.name, board.description, words});
  }
  if (json) {
    console.print_json("sim", {{"boards", std::move(boards)}});
  } else {
    console.print_table(table);
  }
}

auto run_sim(const SimOptions& options, CommandContext& context) -> Result<Ok> {
  auto& console = context.console;
  if (options.board.empty()) {
    list_boards(options.json, console);
    return Ok{};
  }
  const auto board = sim::find_simulated_board(options.board);
  if (!board) return board.error();
  std::signal(SIGTERM, [](int) { std::raise(SIGINT); });  // both end it in order
  auto running = sim::BoardOnPty::start(**board, options.run);
  if (!running) return running.error();
  if (options.json) {
    console.print_json("sim", {{"board", options.board}, {"port", (*running)->path()}});
  } else {
    console.print_line((*running)->path());
  }
  console.note(fmt::format("sim:{} runs behind this port until Ctrl-C", options.board));
  while (!context.interrupted.exchange(false)) {
    if (const auto code = (*running)->wait(look_interval))
      return Error{Exit::link, fmt::format("the simulated board ended by itself, with code {}", *code),
                   options.run.report.empty() ? "" : "its report says why: " + options.run.report.string()};
  }
  return Ok{};
}

constexpr auto footer =
    R"(Prints the path of the board's port, and runs until Ctrl-C. What opens the port meets the board
as it would a real one: --port takes the path, and so do avrdude and a serial monitor. Without a name the
boards are listed. Commands that are given --port sim:NAME start such a board for themselves.

Examples:
  mcullm sim
  mcullm sim uno --empty --store card.img      a new Uno: flash it with mcullm flash --board uno --port PATH
  mcullm sim pico --empty --volume RPI-RP2     a new Pico: mcullm flash --board pico --volume RPI-RP2 --port PATH
  mcullm sim native --store flash.bin)";

}  // namespace

void add_sim_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<SimOptions>();
  auto* command = app.add_subcommand("sim", "Run a simulated board, or list them");
  command->group(group::boards);
  command->footer(footer);
  command->add_option("board", options->board, "Which one")->type_name("BOARD");
  command->add_option("--store", options->run.store, "Keep flash or card in this file; made if missing")
      ->type_name("FILE");
  command->add_option("--report", options->run.report, "What the simulator counted, as JSON, at its end")
      ->type_name("FILE");
  command->add_flag("--empty", options->run.empty, "Nothing on the chip but its boot loader");
  command
      ->add_option("--volume", options->run.volume,
                   "The drive of its boot loader, as a folder: what mcullm flash --volume takes")
      ->type_name("FOLDER");
  command->add_flag("--realtime", options->run.realtime, "No faster than the chip");
  command->add_flag("--json", options->json, "Print JSON on stdout");
  run_on_choice(*command, context, options, run_sim);
}

}  // namespace mcullm::cli
