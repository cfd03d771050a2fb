// SPDX-License-Identifier: MIT
// mcullm boards: the register of boards.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "boards/board_register.hpp"
#include "cli/command.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {
namespace {

using Json = nlohmann::ordered_json;

struct BoardsOptions {
  std::string board;
  bool json = false;
};

auto usb_json(const boards::UsbId& usb) -> Json {
  return {{"vid", fmt::format("{:04x}", usb.vid)},
          {"pid", fmt::format("{:04x}", usb.pid)},
          {"what", usb.what},
          {"boot_loader", usb.boot_loader}};
}

auto usb_json(const std::vector<boards::UsbId>& list) -> Json {
  auto all = Json::array();
  for (const auto& usb : list) all.push_back(usb_json(usb));
  return all;
}

auto flashing_json(const boards::Flashing& flashing) -> Json {
  Json json = {{"method", boards::name(flashing.method)}};
  if (!flashing.boot_loader.empty()) json["boot_loader"] = flashing.boot_loader;
  if (!flashing.label.empty()) json["volume_label"] = flashing.label;
  if (flashing.family != 0) json["uf2_family"] = fmt::format("{:08x}", flashing.family);
  if (flashing.base != 0) json["flash_address"] = fmt::format("{:08x}", flashing.base);
  return json;
}

auto board_json(const boards::Board& board) -> Json {
  return {{"id", board.id},
          {"title", board.title},
          {"chip", board.chip},
          {"core", board.core},
          {"clock_hz", board.clock_hz},
          {"state", boards::name(board.state)},
          {"simulator", board.simulator.empty() ? Json(nullptr) : Json(board.simulator)},
          {"agent_name", board.agent_name},
          {"memory",
           {{"sram_bytes", board.memory.sram_bytes},
            {"flash_bytes", board.memory.flash_bytes},
            {"psram_bytes", board.memory.psram_bytes},
            {"card_bytes", board.memory.card_bytes},
            {"arena_bytes", board.memory.arena_bytes},
            {"source", board.memory.source}}},
          {"places",
           {{"weights", boards::name(board.places.weights)},
            {"kv", boards::name(board.places.kv)},
            {"logits", boards::name(board.places.logits)}}},
          {"agent", {{"file", board.agent.file}, {"model_offset", board.agent.model_offset}}},
          {"flash", flashing_json(board.flashing)},
          {"link", {{"kind", board.link.kind}, {"rate_baud", board.link.rate_baud}}},
          {"usb", usb_json(board.usb)}};
}

auto clock_text(std::uint64_t hz) -> std::string {
  return fmt::format("{:g} MHz", static_cast<double>(hz) / 1e6);
}

auto memory_text(std::uint64_t bytes) -> std::string {
  return bytes == 0 ? "" : ui::bytes_text(static_cast<double>(bytes));
}

auto state_text(const boards::Board& board) -> std::string {
  if (board.state == boards::State::simulated) return board.simulator;
  return fmt::format("{}{}", boards::name(board.state),
                     board.state == boards::State::built ? ", not run" : "");
}

auto overview(const boards::BoardRegister& known) -> ui::Table {
  ui::Table table({{"board"},
                   {"chip"},
                   {"core"},
                   {"clock", ui::Align::right},
                   {"SRAM", ui::Align::right},
                   {"flash", ui::Align::right},
                   {"weights in"},
                   {"cache in"},
                   {"flash by"},
                   {"state"}});
  for (const auto& board : known.boards)
    table.add_row({board.id, board.chip, board.core,
                   board.places.weights == boards::Place::host ? "" : clock_text(board.clock_hz),
                   memory_text(board.memory.sram_bytes), memory_text(board.memory.flash_bytes),
                   boards::name(board.places.weights), boards::name(board.places.kv),
                   boards::name(board.flashing.method), state_text(board)});
  return table;
}

auto details(const boards::Board& board) -> ui::Table {
  ui::Table table({{""}, {""}});
  const auto row = [&](const char* what, const std::string& text) {
    if (!text.empty()) table.add_row({what, text});
  };
  row("board", fmt::format("{}: {}", board.id, board.title));
  row("chip", fmt::format("{}, {}, {}", board.chip, board.core, clock_text(board.clock_hz)));
  row("state", fmt::format("{}{}", boards::name(board.state),
                           board.state == boards::State::simulated ? " as " + board.simulator : ""));
  row("SRAM", fmt::format("{}, {} of it for a model", memory_text(board.memory.sram_bytes),
                          memory_text(board.memory.arena_bytes)));
  row("flash", memory_text(board.memory.flash_bytes));
  row("PSRAM", memory_text(board.memory.psram_bytes));
  row("card", memory_text(board.memory.card_bytes));
  row("source", board.memory.source);
  row("places",
      fmt::format("weights in {}, keys and values in {}, logits in {}", boards::name(board.places.weights),
                  boards::name(board.places.kv), boards::name(board.places.logits)));
  row("agent", fmt::format("{}, says '{}' in HELLO", board.agent.file, board.agent_name));
  row("flash by", boards::name(board.flashing.method));
  row("", board.flashing.boot_loader);
  if (!board.flashing.label.empty())
    row("volume", fmt::format("{}, UF2 family {:08x}", board.flashing.label, board.flashing.family));
  row("link", board.link.rate_baud == 0
                  ? board.link.kind
                  : fmt::format("{} at {} baud", board.link.kind, ui::count_text(board.link.rate_baud)));
  for (const auto& usb : board.usb) row("USB", fmt::format("{:04x}:{:04x} {}", usb.vid, usb.pid, usb.what));
  return table;
}

auto run_boards(const BoardsOptions& options, CommandContext& context) -> Result<Ok> {
  auto known = boards::load_register(context.boards_file);
  if (!known) return known.error();
  if (!options.board.empty()) {
    auto board = boards::require_board(*known, options.board);
    if (!board) return board.error();
    known->boards = {std::move(board).value()};
  }
  if (options.json) {
    auto list = Json::array();
    for (const auto& board : known->boards) list.push_back(board_json(board));
    context.console.print_json("boards",
                               {{"boards", std::move(list)}, {"bridges", usb_json(known->bridges)}});
    return Ok{};
  }
  context.console.print_table(options.board.empty() ? overview(*known) : details(known->boards.front()));
  return Ok{};
}

constexpr auto footer =
    R"(A board is 'simulated' when the tool can start it as --port sim:NAME, 'built' when its agent is compiled and
checked but was never run, 'planned' otherwise. A file of yours (see host/share/boards.toml) adds boards and
replaces those of the same id: --boards FILE, or MCULLM_BOARDS for every command.

Examples:
  mcullm boards
  mcullm boards pico
  mcullm boards --json | jq '.boards[] | select(.state == "simulated") | .simulator')";

}  // namespace

void add_boards_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<BoardsOptions>();
  auto* command = app.add_subcommand("boards", "List the boards the tool knows, or explain one");
  command->group(group::boards);
  command->footer(footer);
  command->add_option("board", options->board, "Explain this one")->type_name("BOARD");
  command->add_flag("--json", options->json, "Print JSON on stdout");
  run_on_choice(*command, context, options, run_boards);
}

}  // namespace mcullm::cli
