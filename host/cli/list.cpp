// SPDX-License-Identifier: MIT
// mcullm list: what is plugged in, and what can be simulated.
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/board/port_survey.hpp"
#include "cli/command.hpp"
#include "link/serial_transport.hpp"
#include "link/tick_name.hpp"
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
  const auto& hello = agent->hello;
  return {{"board", hello.board},
          {"build", fmt::format("{:08x}", hello.agent_build)},
          {"clock_hz", hello.clock_hz},
          {"tick_unit", link::tick_name(hello.tick_unit)},
          {"arithmetic_version", hello.arithmetic_version},
          {"image_version", hello.image_version},
          {"arena_bytes", hello.arena_bytes},
          {"store_bytes", hello.store_bytes},
          {"model",
           {{"runs", agent->problem.empty()},
            {"name", text_or_null(agent->model)},
            {"header_crc", fmt::format("{:08x}", hello.model.header_crc)},
            {"problem", text_or_null(agent->problem)}}}};
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

auto port_table(const std::vector<PortFinding>& findings, const boards::BoardRegister& known) -> ui::Table {
  ui::Table table({{"port"}, {"USB"}, {"serial number"}, {"board"}, {"state"}});
  for (const auto& finding : findings)
    table.add_row({finding.port.path, usb_text(finding.port), finding.port.usb_serial,
                   board_text(finding, known), state_text(finding)});
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

auto find(const std::vector<PortFinding>& findings, const std::string& path) -> const PortFinding* {
  for (const auto& finding : findings)
    if (finding.port.path == path) return &finding;
  return nullptr;
}

void tell_change(const char* change, const PortFinding& finding, const boards::BoardRegister& known,
                 const ListOptions& options, ui::Console& console) {
  if (options.json) {
    console.print_json_line("list-event", {{"change", change}, {"port", port_json(finding)}});
    return;
  }
  const auto& port = finding.port;
  console.print_line(fmt::format("{:<8} {}  {}  {}  {}", change, port.path, usb_text(port), port.usb_serial,
                                 board_text(finding, known)));
}

// Until Ctrl-C.
auto watch(const boards::BoardRegister& known, const ListOptions& options, CommandContext& context)
    -> Result<Ok> {
  std::vector<PortFinding> before;
  for (bool first = true; !context.interrupted; first = false) {
    auto now = find_ports(known);
    for (const auto& finding : before)
      if (find(now, finding.port.path) == nullptr)
        tell_change("removed", finding, known, options, context.console);
    for (const auto& finding : now)
      if (find(before, finding.port.path) == nullptr)
        tell_change(first ? "present" : "added", finding, known, options, context.console);
    before = std::move(now);
    if (!context.interrupted) std::this_thread::sleep_for(watch_interval);
  }
  return cancelled();
}

auto run_list(const ListOptions& options, CommandContext& context) -> Result<Ok> {
  const auto known = boards::load_register("");
  if (!known) return known.error();
  if (options.watch) return watch(*known, options, context);
  auto findings = find_ports(*known);
  if (!options.no_probe) ask_ports(findings, options.rate_baud, context);
  if (context.interrupted) return cancelled();
  if (options.json) {
    auto ports = Json::array();
    for (const auto& finding : findings) ports.push_back(port_json(finding));
    context.console.print_json("list", {{"ports", std::move(ports)}, {"simulated", simulated_json()}});
    return Ok{};
  }
  if (findings.empty())
    context.console.note("no serial port; plug a board in, or take a simulated one\n");
  else
    context.console.print(port_table(findings, *known).render(context.console.out_palette()) + "\n");
  context.console.print_table(simulated_table());
  return Ok{};
}

constexpr auto footer =
    R"(USB ports of devices that may be boards (mcullm boards) are asked for an agent, unless another program has
them open. Many boards restart when their port is opened; --no-probe only looks. A question mark behind
a board means that its USB ids say so and no agent has confirmed it.

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
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON on stdout");
  run_on_choice(*command, context, options, run_list);
}

}  // namespace mcullm::cli
