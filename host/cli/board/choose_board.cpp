// SPDX-License-Identifier: MIT
#include "cli/board/choose_board.hpp"

#include <fmt/core.h>

#include <vector>

#include "link/serial_ports.hpp"

namespace mcullm::cli {
namespace {

constexpr auto fallback = "sim:native";

auto connect(const std::string& port, const sim::PortOptions& options, CommandContext& context)
    -> Result<ChosenBoard> {
  auto transport = sim::open_port(port, options);
  if (!transport) return transport.error();
  link::SessionOptions session;
  session.cancel = &context.interrupted;
  auto board = std::make_unique<link::Board>(std::move(*transport), session);
  if (auto hello = board->connect(); !hello) return hello.error();
  return ChosenBoard{port, std::move(board)};
}

// USB alone: a ttyS0 of the mainboard is there without anything behind it.
auto usb_ports() -> std::vector<std::string> {
  std::vector<std::string> paths;
  for (const auto& port : link::list_serial_ports())
    if (port.usb_vendor != 0) paths.push_back(port.path);
  return paths;
}

auto several(const std::vector<ChosenBoard>& boards) -> Error {
  std::string names;
  for (const auto& chosen : boards) names += (names.empty() ? "" : ", ") + chosen.port;
  return {Exit::no_device, fmt::format("{} boards answer: {}", boards.size(), names),
          fmt::format("choose one: --port {}", boards.front().port)};
}

}  // namespace

auto choose_board(const std::string& port, const sim::PortOptions& options, CommandContext& context)
    -> Result<ChosenBoard> {
  if (!port.empty()) return connect(port, options, context);
  auto& console = context.console;
  std::vector<ChosenBoard> boards;
  for (const auto& candidate : usb_ports()) {
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
  console.note("no board found; sim:native, the agent built for this computer, stands in for one");
  return connect(fallback, options, context);
}

}  // namespace mcullm::cli
