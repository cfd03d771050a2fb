// SPDX-License-Identifier: MIT
// mcullm list: what is plugged in, and what can be simulated.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/board/port_survey.hpp"
#include "cli/command.hpp"
#include "cli/number.hpp"
#include "flash/volume.hpp"
#include "link/serial_transport.hpp"
#include "sim/board_command.hpp"

namespace mcullm::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::milliseconds watch_interval{500};

struct ListOptions {
  int rate_baud = link::fast_rate_baud;
  bool watch = false, no_probe = false, json = false;
};

// -- JSON ------------------------------------------------------------------------------------------------

auto text_or_null(const std::string& text) -> Json { return text.empty() ? Json(nullptr) : Json(text); }

auto usb_json(const link::SerialPort& port) -> Json {
  if (!port.usb()) return nullptr;
  return {{"vid", fmt::format("{:04x}", port.usb_vendor)},
          {"pid", fmt::format("{:04x}", port.usb_product)},
          {"serial", text_or_null(port.usb_serial)},
          {"manufacturer", text_or_null(port.manufacturer)},
          {"product", text_or_null(port.product)}};
}

auto agent_json(const std::optional<AgentFound>& agent) -> Json {
  if (!agent) return nullptr;
  Json json = {{"board", agent->hello.board}};
  json.update(agent_facts_json(*agent));
  return json;
}

auto port_json(const PortFinding& finding) -> Json {
  auto guesses = Json::array();
  for (const auto& match : finding.matches)
    guesses.push_back(
        {{"board", text_or_null(match.board)}, {"what", match.what}, {"boot_loader", match.boot_loader}});
  auto holders = Json::array();
  for (const auto& holder : finding.holders)
    holders.push_back({{"pid", holder.pid}, {"command", holder.command}});
  return {{"port", finding.port.path},          {"description", finding.port.description},
          {"usb", usb_json(finding.port)},      {"guesses", std::move(guesses)},
          {"holders", std::move(holders)},      {"accessible", finding.accessible},
          {"agent", agent_json(finding.agent)}, {"silent", text_or_null(finding.silent)}};
}

auto volume_json(const flash::BootVolume& volume) -> Json {
  return {{"label", volume.label},
          {"device", volume.device.string()},
          {"mounted", text_or_null(volume.mounted.string())},
          {"board", volume.board}};
}

auto simulated_json() -> Json {
  auto list = Json::array();
  for (const auto& board : sim::simulated_boards()) {
    const auto command = sim::board_command(board, {});
    list.push_back({{"port", fmt::format("sim:{}", board.name)},
                    {"description", board.description},
                    {"ready", bool(command)},
                    {"missing", command ? Json(nullptr) : Json(command.error().what)},
                    {"fix", command ? Json(nullptr) : text_or_null(command.error().hint)}});
  }
  return list;
}

// -- text ------------------------------------------------------------------------------------------------

auto usb_text(const link::SerialPort& port) -> std::string {
  return port.usb() ? fmt::format("{:04x}:{:04x}", port.usb_vendor, port.usb_product) : "";
}

auto volume_state(const flash::BootVolume& volume) -> std::string {
  return fmt::format("{} waits for a program: mcullm flash --board {}", volume.label, volume.board);
}

auto port_table(const std::vector<PortFinding>& findings, const std::vector<flash::BootVolume>& volumes,
                const boards::BoardRegister& known) -> ui::Table {
  ui::Table table({{"port"}, {"USB"}, {"serial number"}, {"board"}, {"state"}});
  for (const auto& finding : findings)
    table.add_row({finding.port.path, usb_text(finding.port), finding.port.usb_serial,
                   board_text(finding, known), state_text(finding)});
  for (const auto& volume : volumes)
    table.add_row({volume.device.string(), "", "", volume.board + "?", volume_state(volume)});
  return table;
}

auto simulated_table() -> ui::Table {
  ui::Table table({{"simulated"}, {"what"}, {"state"}});
  for (const auto& board : sim::simulated_boards()) {
    const auto command = sim::board_command(board, {});
    table.add_row({fmt::format("sim:{}", board.name), board.description,
                   command ? "ready" : fmt::format("{}: {}", command.error().what, command.error().hint)});
  }
  return table;
}

// -- watching --------------------------------------------------------------------------------------------

// A port or a volume, as it is told of.
struct Plugged {
  std::string key;  // what tells it from others
  Json port = nullptr, volume = nullptr;
  std::string line;
};

auto look(const boards::BoardRegister& known) -> std::vector<Plugged> {
  std::vector<Plugged> all;
  for (const auto& finding : find_ports(known)) {
    const auto& port = finding.port;
    all.push_back({.key = port.path,
                   .port = port_json(finding),
                   .line = fmt::format("{}  {}  {}  {}", port.path, usb_text(port), port.usb_serial,
                                       board_text(finding, known))});
  }
  for (const auto& volume : flash::find_boot_volumes(known))
    all.push_back({.key = volume.label,
                   .volume = volume_json(volume),
                   .line = fmt::format("{}  {}", volume.device.string(), volume_state(volume))});
  return all;
}

auto holds(const std::vector<Plugged>& all, const Plugged& one) -> bool {
  return std::ranges::any_of(all, [&](const auto& other) { return other.key == one.key; });
}

void tell_change(const char* change, const Plugged& plugged, bool json, ui::Console& console) {
  if (json)
    console.print_json_line("list-event",
                            {{"change", change}, {"port", plugged.port}, {"volume", plugged.volume}});
  else
    console.print_line(fmt::format("{:<8} {}", change, plugged.line));
}

// Until Ctrl-C.
auto watch(const boards::BoardRegister& known, bool json, CommandContext& context) -> Result<Ok> {
  std::vector<Plugged> before;
  for (bool first = true; !context.interrupted; first = false) {
    auto now = look(known);
    for (const auto& plugged : before)
      if (!holds(now, plugged)) tell_change("removed", plugged, json, context.console);
    for (const auto& plugged : now)
      if (!holds(before, plugged)) tell_change(first ? "present" : "added", plugged, json, context.console);
    before = std::move(now);
    if (!context.interrupted) std::this_thread::sleep_for(watch_interval);
  }
  return cancelled();
}

auto run_list(const ListOptions& options, CommandContext& context) -> Result<Ok> {
  const auto known = boards::load_register(context.boards_file);
  if (!known) return known.error();
  if (options.watch) return watch(*known, options.json, context);
  auto findings = find_ports(*known);
  if (!options.no_probe) ask_ports(findings, options.rate_baud, context);
  if (context.interrupted) return cancelled();
  const auto waiting = flash::find_boot_volumes(*known);
  if (options.json) {
    auto ports = Json::array(), volumes = Json::array();
    for (const auto& finding : findings) ports.push_back(port_json(finding));
    for (const auto& volume : waiting) volumes.push_back(volume_json(volume));
    context.console.print_json(
        "list",
        {{"ports", std::move(ports)}, {"volumes", std::move(volumes)}, {"simulated", simulated_json()}});
    return Ok{};
  }
  if (findings.empty() && waiting.empty())
    context.console.note("no serial port; plug a board in, or take a simulated one\n");
  else
    context.console.print(port_table(findings, waiting, *known).render(context.console.out_palette()) + "\n");
  context.console.print_table(simulated_table());
  return Ok{};
}

constexpr auto footer =
    R"(USB ports of devices that may be boards (mcullm boards) are asked for an agent, unless another program has
them open. Many boards restart when their port is opened; --no-probe only looks. A question mark behind
a board means that its USB ids, or the name of its volume, say so and no agent has confirmed it.

Examples:
  mcullm list
  mcullm list --watch --no-probe
  mcullm list --json | jq -r '.ports[] | select(.agent) | .port'
  mcullm chat --port id:E6616407E3496B28       the board with this serial number, wherever it is plugged in)";

}  // namespace

void add_list_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ListOptions>();
  auto* command = app.add_subcommand("list", "List the ports, what is behind them, and simulated boards");
  command->group(group::boards);
  command->footer(footer);
  command->add_flag("--watch", options->watch, "Go on, and tell what is plugged in and taken out");
  command->add_flag("--no-probe", options->no_probe, "Open no port");
  command->add_option("--baud", options->rate_baud, "Rate at which ports are asked")
      ->type_name("N")
      ->check(positive_int())
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON on stdout");
  run_on_choice(*command, context, options, run_list);
}

}  // namespace mcullm::cli
