// SPDX-License-Identifier: MIT
// mcullm profile: where a board spends the time of a token, and what memory it uses.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/elf_size.hpp"
#include "base/file.hpp"
#include "base/installed_file.hpp"
#include "boards/board_register.hpp"
#include "cli/board/choose_board.hpp"
#include "cli/board/line_options.hpp"
#include "cli/command.hpp"
#include "cli/number.hpp"
#include "flash/upload.hpp"
#include "image/model_image.hpp"
#include "link/tick_name.hpp"
#include "ui/quantity.hpp"
#include "verify/token_profile.hpp"

namespace mcullm::cli {

namespace {

using nlohmann::ordered_json;
using verify::ProfilePart;

// A card at half the clock of an ATmega328P: 16 cycles for eight bits, one for the hardware, one between a
// read and the next byte (device/port/atmega328p/README.md).
constexpr std::uint64_t card_cycles_per_byte = 18;

struct ProfileOptions {
  std::filesystem::path model;
  LineOptions line;
  int pos = 0;
  bool json = false;
};

// What is known about the board beyond what it says.
struct KnownBoard {
  std::optional<ElfSize> agent;   // of the agent that belongs to this program
  std::uint64_t wire_cycles = 0;  // for one byte from the card; 0: weights are elsewhere
  std::uint64_t sram_bytes = 0, flash_bytes = 0;
};

struct Report {
  const mcl_hello_t& board;
  const verify::TokenProfile& profile;
  KnownBoard known;
};

auto know(const mcl_hello_t& hello, const std::string& boards_file) -> KnownBoard {
  KnownBoard known;
  const auto boards = boards::load_register(boards_file);
  const auto* board = boards ? boards->find_by_agent_name(hello.board) : nullptr;
  if (board == nullptr) return known;
  const bool is_avr = board->flashing.method == boards::FlashMethod::avrdude;
  if (board->places.weights == boards::Place::card && is_avr) known.wire_cycles = card_cycles_per_byte;
  known.sram_bytes = board->memory.sram_bytes;
  known.flash_bytes = board->memory.flash_bytes;
  const auto name = std::filesystem::path(board->agent.file).replace_extension(".elf").string();
  const auto file = find_installed(name);
  const auto bytes = file ? read_file(*file) : Result<std::vector<std::byte>>(file.error());
  if (bytes) known.agent = elf_size(*bytes);
  return known;
}

auto share(std::uint64_t ticks, const verify::TokenProfile& profile) -> double {
  return profile.ticks == 0 ? 0 : static_cast<double>(ticks) / static_cast<double>(profile.ticks);
}

auto per_mac(const ProfilePart& part) -> std::optional<double> {
  if (part.macs == 0 || part.ticks == 0) return std::nullopt;
  return static_cast<double>(part.ticks) / static_cast<double>(part.macs);
}

auto floor_ratio(const Report& report) -> double {
  const auto floor = report.profile.streamed_bytes * report.known.wire_cycles;
  return floor == 0 ? 0 : static_cast<double>(report.profile.ticks) / static_cast<double>(floor);
}

// -- text ------------------------------------------------------------------------------------------------

auto parts_table(const std::vector<ProfilePart>& parts, const Report& report, const char* title)
    -> ui::Table {
  const std::string unit = link::tick_name(report.board.tick_unit);
  ui::Table table(
      {{title}, {unit, ui::Align::right}, {"share", ui::Align::right}, {unit + "/MAC", ui::Align::right}});
  for (const auto& part : parts) {
    const auto each = per_mac(part);
    table.add_row({part.name, ui::count_text(part.ticks),
                   fmt::format("{:.1f} %", 100 * share(part.ticks, report.profile)),
                   each ? fmt::format("{:.1f}", *each) : ""});
  }
  return table;
}

auto memory_table(const Report& report) -> ui::Table {
  ui::Table table({{""}, {""}});
  const auto& memory = report.profile.memory;
  const auto bytes = [](std::uint64_t count) { return ui::count_text(count) + " bytes"; };
  const auto of = [&](std::uint64_t count, std::uint64_t all) {
    return all == 0 ? bytes(count) : fmt::format("{} of {}", ui::count_text(count), bytes(all));
  };
  table.add_row({"arena", of(memory.arena_bytes, report.board.arena_bytes)});
  table.add_row(
      {"stack, at its highest", memory.stack_bytes == 0 ? "not measured" : bytes(memory.stack_bytes)});
  if (report.known.agent) {
    const auto fixed = report.known.agent->static_bytes;
    table.add_row({"variables, the arena included", bytes(fixed)});
    if (memory.stack_bytes != 0)
      table.add_row({"SRAM in all", of(fixed + memory.stack_bytes, report.known.sram_bytes)});
    table.add_row({"flash", of(report.known.agent->flash_bytes, report.known.flash_bytes)});
  }
  return table;
}

void report_text(const Report& report, ui::Console& console) {
  const auto& profile = report.profile;
  console.print_table(parts_table(profile.parts, report, "part"));
  console.print_line("");
  console.print_table(parts_table(profile.ops, report, "operation"));
  console.print_line("");
  const auto seconds = link::tick_seconds(report.board, profile.ticks);
  console.print_line(fmt::format("token at position {}: {} {}{}", profile.pos, ui::count_text(profile.ticks),
                                 link::tick_name(report.board.tick_unit),
                                 seconds ? fmt::format(", {:.2f} tokens/s", 1 / *seconds) : ""));
  if (report.known.wire_cycles != 0)
    console.print_line(
        fmt::format("wire floor: {} bytes of the card x {} cycles = {}; the token takes {:.2f} of that",
                    ui::count_text(profile.streamed_bytes), report.known.wire_cycles,
                    ui::count_text(profile.streamed_bytes * report.known.wire_cycles), floor_ratio(report)));
  console.print_line("");
  console.print_table(memory_table(report));
}

// -- JSON ------------------------------------------------------------------------------------------------

auto parts_json(const std::vector<ProfilePart>& parts, const Report& report) -> ordered_json {
  ordered_json list = ordered_json::array();
  for (const auto& part : parts) {
    ordered_json entry = {
        {"name", part.name}, {"ticks", part.ticks}, {"share", share(part.ticks, report.profile)}};
    const auto each = per_mac(part);
    entry["macs"] = part.macs;
    entry["ticks_per_mac"] = each ? ordered_json(*each) : ordered_json(nullptr);
    list.push_back(std::move(entry));
  }
  return list;
}

auto memory_json(const Report& report) -> ordered_json {
  const auto& memory = report.profile.memory;
  ordered_json json = {{"arena_bytes", memory.arena_bytes},
                       {"arena_of", report.board.arena_bytes},
                       {"stack_bytes", memory.stack_bytes}};
  const auto& agent = report.known.agent;
  json["static_bytes"] = agent ? ordered_json(agent->static_bytes) : ordered_json(nullptr);
  json["flash_bytes"] = agent ? ordered_json(agent->flash_bytes) : ordered_json(nullptr);
  json["sram_of"] = report.known.sram_bytes;
  json["flash_of"] = report.known.flash_bytes;
  return json;
}

auto report_json(const Report& report, const ProfileOptions& options, const std::string& port)
    -> ordered_json {
  const auto seconds = link::tick_seconds(report.board, report.profile.ticks);
  ordered_json json = {{"port", port},
                       {"board", report.board.board},
                       {"model", options.model.string()},
                       {"clock_hz", report.board.clock_hz},
                       {"tick_unit", link::tick_name(report.board.tick_unit)},
                       {"position", report.profile.pos},
                       {"ticks", report.profile.ticks}};
  json["tokens_per_second"] = seconds ? ordered_json(1 / *seconds) : ordered_json(nullptr);
  json["parts"] = parts_json(report.profile.parts, report);
  json["ops"] = parts_json(report.profile.ops, report);
  json["streamed_bytes"] = report.profile.streamed_bytes;
  json["wire_floor_ticks"] = report.profile.streamed_bytes * report.known.wire_cycles;
  json["memory"] = memory_json(report);
  return json;
}

auto run_profile(const ProfileOptions& options, CommandContext& context) -> Result<Ok> {
  auto& console = context.console;
  const auto bytes = read_file(options.model);
  if (!bytes) return bytes.error();
  const auto image = image::parse_model_image(*bytes, options.model.string());
  if (!image) return image.error();
  if (options.pos >= image->shape.context)
    return Error{
        Exit::usage,
        fmt::format("--pos {}: the model has positions 0 to {}", options.pos, image->shape.context - 1), ""};
  auto chosen = choose_board(options.line.port, options.line.port_options(options.model), context);
  if (!chosen) return chosen.error();
  auto& board = *chosen->board;
  if (const auto loaded = flash::ensure_model(board, *bytes, console.progress()); !loaded)
    return loaded.error();
  if (board.hello().tick_unit == MCL_TICKS_NONE)
    return Error{Exit::refused, fmt::format("{} counts no time", board.hello().board), ""};
  const auto profile = verify::profile_token(board, *image, options.pos, console.progress());
  if (!profile) return profile.error();
  const Report report{board.hello(), *profile, know(board.hello(), context.boards_file)};
  if (options.json) {
    console.print_json("profile", report_json(report, options, chosen->port));
  } else {
    report_text(report, console);
  }
  return Ok{};
}

constexpr auto footer =
    R"(Runs a text up to a position, then one token there, and asks the board for the time of each operation
by its own clock. An operation that a board does together with another one counts there. Every number of the
run is compared with the reference. Variables and flash are those of the agent that belongs to this program.

Examples:
  mcullm profile --port sim:uno stories-q.mcm --pos 128
  mcullm profile --port /dev/ttyACM0 stories-q.mcm --json)";

}  // namespace

void add_profile_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ProfileOptions>();
  auto* command = app.add_subcommand("profile", "Tell where a board spends the time of a token");
  command->group(group::boards);
  command->footer(footer);
  command->add_option("model", options->model, "Model image; loaded onto the board if it runs another one")
      ->type_name("MODEL.mcm")
      ->required();
  add_line_options(*command, options->line);
  command->add_option("--pos", options->pos, "Position of the token")
      ->type_name("N")
      ->check(whole_number(0, std::numeric_limits<int>::max()))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON on stdout");
  run_on_choice(*command, context, options, run_profile);
}

}  // namespace mcullm::cli
