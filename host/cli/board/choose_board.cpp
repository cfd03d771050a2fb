// SPDX-License-Identifier: MIT
#include "cli/board/choose_board.hpp"

#include <fmt/core.h>

#include <vector>

#include "cli/board/open_board.hpp"
#include "cli/board/port_survey.hpp"
#include "flash/volume.hpp"
#include "sim/board_command.hpp"

namespace mcullm::cli {
namespace {

// The first simulated board of the register that can be started here.
auto stand_in(const boards::BoardRegister& known) -> std::string {
  for (const auto& board : known.boards) {
    if (!sim::is_simulated(board.simulator)) continue;
    const auto parsed = sim::parse_simulated_port(board.simulator.substr(4));
    if (parsed && sim::board_command(*parsed->first, parsed->second)) return board.simulator;
  }
  return "sim:native";  // whose error says what is missing
}

auto connect(const std::string& port, const sim::PortOptions& options, CommandContext& context)
    -> Result<ChosenBoard> {
  auto board = open_board(port, options, context.interrupted);
  if (!board) return board.error();
  return ChosenBoard{(*board)->transport().name(), std::move(*board)};
}

// Ports that may be asked, and a note on each that may not.
auto candidates(const boards::BoardRegister& known, ui::Console& console) -> std::vector<std::string> {
  std::vector<std::string> paths;
  for (const auto& finding : find_ports(known)) {
    if (const auto reason = reason_not_to_ask(finding); !reason)
      paths.push_back(finding.port.path);
    else if (finding.port.usb())
      console.note(fmt::format("{}: {}", finding.port.path, *reason));
  }
  for (const auto& volume : flash::find_boot_volumes(known))
    console.note(fmt::format("{} ({}) waits for a program: mcullm flash --board {}", volume.label,
                             volume.device.string(), volume.board));
  return paths;
}

auto several(const std::vector<ChosenBoard>& boards) -> Error {
  std::string names;
  for (const auto& chosen : boards)
    names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", chosen.port, chosen.board->hello().board);
  return {Exit::no_device, fmt::format("{} boards answer: {}", boards.size(), names),
          fmt::format("choose one: --port {}", boards.front().port)};
}

}  // namespace

auto choose_board(const std::string& port, const sim::PortOptions& options, CommandContext& context)
    -> Result<ChosenBoard> {
  if (!port.empty()) return connect(port, options, context);
  auto& console = context.console;
  const auto known = boards::load_register(context.boards_file);
  if (!known) return known.error();
  std::vector<ChosenBoard> boards;
  for (const auto& candidate : candidates(*known, console)) {
    console.note(fmt::format("asking {} for an agent", candidate));
    auto board = connect(candidate, options, context);
    if (board)
      boards.push_back(std::move(*board));
    else if (board.error().exit == Exit::cancelled)
      return board.error();
    else
      console.note(fmt::format("{}: {}", candidate, board.error().what));
  }
  if (boards.size() > 1) return several(boards);
  if (boards.size() == 1) {
    console.note(fmt::format("using the board at {} ({})", boards[0].port, boards[0].board->hello().board));
    return std::move(boards[0]);
  }
  const auto simulator = stand_in(*known);
  console.note(
      fmt::format("no board found; {}, the first that can be simulated here, stands in for one", simulator));
  return connect(simulator, options, context);
}

}  // namespace mcullm::cli
