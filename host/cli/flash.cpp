// SPDX-License-Identifier: MIT
// mcullm flash: put the agent onto a chip, and a model into its storage.
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/file.hpp"
#include "base/installed_file.hpp"
#include "boards/board_register.hpp"
#include "cli/board/choose_board.hpp"
#include "cli/board/line_options.hpp"
#include "cli/command.hpp"
#include "cli/number.hpp"
#include "flash/come_back.hpp"
#include "flash/programmer.hpp"
#include "flash/upload.hpp"
#include "image/model_image.hpp"
#include "link/serial_transport.hpp"
#include "sim/board_command.hpp"
#include "sim/board_on_pty.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {

namespace {

using nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds come_back_patience{20};

struct FlashOptions {
  std::filesystem::path model, agent, volume;
  LineOptions line;
  std::string board, tool;
  int boot_baud = 0;
  bool agent_only = false, model_only = false, dry_run = false, json = false;
};

// What is to be done, all of it checked before the first byte is written.
struct Work {
  const flash::Programmer* programmer = nullptr;  // none: the agent is there
  flash::AgentJob agent;
  flash::AgentPlan agent_plan;
  std::optional<std::vector<std::byte>> image;
};

struct AgentDone {
  double seconds = 0;
};

struct ModelDone {
  flash::UploadReport upload;
  std::string board;
  double seconds = 0, estimated_seconds = 0;
  std::uint64_t requests = 0, retries = 0;
  bool board_unknown = false;  // a dry run before the agent is there
};

auto seconds_since(Clock::time_point start) -> double {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Reads the file as `mcullm info` does, so that what is wrong with it has a name.
auto load_image(const std::filesystem::path& path) -> Result<std::vector<std::byte>> {
  auto bytes = read_file(path);
  if (!bytes) return bytes.error();
  if (auto image = image::parse_model_image(*bytes, path.string()); !image) return image.error();
  return bytes;
}

auto check_options(const FlashOptions& options) -> Result<Ok> {
  const auto wrong = [](const char* what, const char* hint) { return Error{Exit::usage, what, hint}; };
  if (options.agent_only && options.model_only)
    return wrong("--agent-only and --model-only exclude each other",
                 "without both, agent and model are flashed");
  if (options.agent_only && options.board.empty())
    return wrong("--agent-only needs --board", "each board takes its agent in another way: --board uno");
  if (options.board.empty() && options.model.empty())
    return wrong("nothing to flash",
                 "name a model, or a board: mcullm flash --board uno --port PORT MODEL.mcm");
  if (options.model_only && options.model.empty())
    return wrong("--model-only without a model", "mcullm flash --port PORT MODEL.mcm");
  return Ok{};
}

// Only some ways of putting an agent on a chip take a port.
auto check_port(const FlashOptions& options, const Work& work) -> Result<Ok> {
  const bool needed = work.programmer == nullptr || work.programmer->needs_port;
  if (!needed || !options.line.port.empty() || (options.dry_run && !options.board.empty())) return Ok{};
  return Error{Exit::usage, "--port is missing",
               "mcullm list shows the ports; --dry-run --board BOARD needs none"};
}

auto prepare(const FlashOptions& options, CommandContext& context) -> Result<Work> {
  if (auto fine = check_options(options); !fine) return fine.error();
  Work work;
  if (!options.board.empty()) {
    const auto boards = boards::load_register(context.boards_file);
    if (!boards) return boards.error();
    auto board = boards::require_board(*boards, options.board);
    if (!board) return board.error();
    const auto programmer = flash::find_programmer(*board);
    if (!programmer) return programmer.error();
    if (!options.model_only) work.programmer = *programmer;
    work.agent.board = std::move(*board);
  }
  if (!options.model.empty() && !options.agent_only) {
    auto image = load_image(options.model);
    if (!image) return image.error();
    work.image = std::move(*image);
  }
  if (auto fine = check_port(options, work); !fine) return fine.error();
  if (work.programmer == nullptr) return work;
  if (work.programmer->takes_image && work.image) {
    work.agent.image = *work.image;
    work.agent.image_file = options.model;
  }
  work.agent.volume = options.volume;
  work.agent.tool = options.tool;
  const auto agent =
      options.agent.empty() ? find_installed(work.agent.board.agent.file) : Result(options.agent);
  if (!agent) return agent.error();
  work.agent.agent = *agent;
  work.agent.port = options.line.port;
  work.agent.rate_baud = options.boot_baud;
  work.agent.cancel = &context.interrupted;
  work.agent.on_output = [&context, line = std::string()](std::string_view text) mutable {
    line += text;
    for (auto end = line.find('\n'); end != std::string::npos; end = line.find('\n')) {
      context.console.detail(line.substr(0, end));
      line.erase(0, end + 1);
    }
  };
  auto plan = work.programmer->plan(work.agent);
  if (!plan) return plan.error();
  work.agent_plan = std::move(*plan);
  return work;
}

// A simulated board behind a port that avrdude can open, as empty as the chip of a new board.
auto start_simulated(Work& work, std::string& port) -> Result<std::unique_ptr<sim::BoardOnPty>> {
  auto parsed = sim::parse_simulated_port(port.substr(4));
  if (!parsed) return parsed.error();
  parsed->second.empty = true;
  auto board = sim::BoardOnPty::start(*parsed->first, parsed->second);
  if (board) work.agent.port = port = (*board)->path();
  return board;
}

auto flash_agent(const Work& work, const FlashOptions& options, ui::Console& console)
    -> Result<std::optional<AgentDone>> {
  if (work.programmer == nullptr || options.dry_run) return std::optional<AgentDone>{};
  const auto start = Clock::now();
  if (auto done = work.programmer->program(work.agent, console.progress()); !done) return done.error();
  return std::optional(AgentDone{seconds_since(start)});
}

// A dry run for a chip that has no agent yet: everything will have to be sent.
auto plan_without_board(const Work& work, const FlashOptions& options) -> ModelDone {
  mcl_hello_t smallest{};
  smallest.max_payload = MCL_HELLO_MAX;
  const auto bytes = work.image->size();
  return {.upload = {.image_bytes = bytes, .sent_bytes = bytes},
          .board = options.board,
          .estimated_seconds = flash::estimated_seconds(bytes, smallest, options.line.rate_baud),
          .board_unknown = true};
}

// Where the agent is to be asked after it was written; empty: nowhere, because nothing tells a port.
auto port_after(const Work& work, const std::string& port, const FlashOptions& options,
                CommandContext& context) -> Result<std::string> {
  if (work.programmer == nullptr || work.programmer->needs_port || options.dry_run || sim::is_simulated(port))
    return port;
  const bool stand_in = !options.volume.empty() || work.agent.board.link.kind != "usb-cdc";
  if (port.empty() && stand_in) {
    context.console.note("not verified: no --port tells where the board is");
    return port;
  }
  return flash::wait_for_port(work.agent.board, port, come_back_patience, &context.interrupted);
}

// The agent that answers is that of the board.
auto check_agent(const Work& work, const std::string& port, const FlashOptions& options,
                 CommandContext& context) -> Result<Ok> {
  if (work.programmer == nullptr || work.programmer->needs_port || options.dry_run || port.empty())
    return Ok{};
  const auto chosen = choose_board(port, options.line.port_options(options.model), context);
  if (!chosen) return chosen.error();
  const auto& found = chosen->board->hello().board;
  if (work.agent.board.agent_name == found) return Ok{};
  return Error{Exit::mismatch,
               fmt::format("{}: '{}' answers, and {} was written", port, found, work.agent.board.agent_name),
               "is this the port of the board that was flashed?"};
}

auto flash_model(const Work& work, const std::string& port, const FlashOptions& options,
                 CommandContext& context) -> Result<std::optional<ModelDone>> {
  const bool went_along = work.programmer != nullptr && work.programmer->takes_image;
  if (!work.image || (went_along && (port.empty() || options.dry_run))) return std::optional<ModelDone>{};
  const bool may_be_silent = options.dry_run && work.programmer != nullptr;
  if (may_be_silent && port.empty()) return std::optional(plan_without_board(work, options));
  auto chosen = choose_board(port, options.line.port_options(options.model), context);
  if (!chosen && may_be_silent && chosen.error().exit == Exit::no_device) {
    context.console.note(chosen.error().what + ": planning for an empty board");
    return std::optional(plan_without_board(work, options));
  }
  if (!chosen) return chosen.error();
  auto& board = *chosen->board;
  const auto start = Clock::now();
  auto report = options.dry_run ? flash::plan(board, *work.image)
                                : flash::ensure_model(board, *work.image, context.console.progress());
  if (!report) return report.error();
  return std::optional(
      ModelDone{.upload = *report,
                .board = board.hello().board,
                .seconds = seconds_since(start),
                .estimated_seconds = flash::estimated_seconds(report->already_there ? 0 : report->sent_bytes,
                                                              board.hello(), options.line.rate_baud),
                .requests = board.statistics().requests,
                .retries = board.statistics().retries});
}

// -- telling ---------------------------------------------------------------------------------------------

auto bytes_text(std::uint64_t count) -> std::string { return ui::bytes_text(static_cast<double>(count)); }

auto agent_line(const Work& work, const std::optional<AgentDone>& done) -> std::string {
  const auto& plan = work.agent_plan;
  if (done)
    return fmt::format("agent{}: {} written{} in {}, by {}", work.agent.image.empty() ? "" : " and model",
                       bytes_text(plan.bytes), work.programmer->needs_port ? " and compared" : "",
                       ui::duration_text(done->seconds), work.programmer->way);
  std::string places;
  for (const auto& piece : plan.pieces)
    places += fmt::format("{}{} {} at {:08x}", places.empty() ? ": " : ", ", piece.what,
                          bytes_text(piece.bytes), piece.address);
  return fmt::format("agent: would write {} in {} blocks of {} bytes, by {}; {} (estimated){}",
                     bytes_text(plan.bytes), (plan.bytes + plan.block_bytes - 1) / plan.block_bytes,
                     plan.block_bytes, work.programmer->way, ui::duration_text(plan.seconds), places);
}

auto model_line(const ModelDone& done, const FlashOptions& options) -> std::string {
  const auto& upload = done.upload;
  if (upload.already_there) return "the board runs this model already; nothing to do";
  if (options.dry_run)
    return fmt::format(
        "would send at most {} of {} ({} blocks of 512 bytes); {} are there already; {} at {} baud "
        "(estimated)",
        bytes_text(upload.sent_bytes), bytes_text(upload.image_bytes), (upload.sent_bytes + 511) / 512,
        bytes_text(upload.kept_bytes), ui::duration_text(done.estimated_seconds), options.line.rate_baud);
  return fmt::format("stored {} in {}: {} sent, {} were there already; the board runs it",
                     bytes_text(upload.image_bytes), ui::duration_text(done.seconds),
                     bytes_text(upload.sent_bytes), bytes_text(upload.kept_bytes));
}

auto agent_json(const Work& work, const std::optional<AgentDone>& done) -> ordered_json {
  if (work.programmer == nullptr) return nullptr;
  const auto& plan = work.agent_plan;
  ordered_json json = {
      {"file", work.agent.agent.string()}, {"way", work.programmer->way},       {"bytes", plan.bytes},
      {"block_bytes", plan.block_bytes},   {"estimated_seconds", plan.seconds}, {"commands", plan.commands}};
  json["pieces"] = ordered_json::array();
  for (const auto& piece : plan.pieces)
    json["pieces"].push_back({{"what", piece.what}, {"address", piece.address}, {"bytes", piece.bytes}});
  json["seconds"] = done ? ordered_json(done->seconds) : ordered_json(nullptr);
  return json;
}

auto report_json(const Work& work, const std::optional<AgentDone>& agent,
                 const std::optional<ModelDone>& model, const FlashOptions& options) -> ordered_json {
  ordered_json json = {{"port", options.line.port}, {"board", model ? model->board : options.board}};
  json["model"] = model ? ordered_json(options.model.string()) : ordered_json(nullptr);
  json["dry_run"] = options.dry_run;
  json["agent"] = agent_json(work, agent);
  if (!model) return json;
  json["board_answered"] = !model->board_unknown;
  json["already_there"] = model->upload.already_there;
  json["image_bytes"] = model->upload.image_bytes;
  json["sent_bytes"] = model->upload.sent_bytes;
  json["kept_bytes"] = model->upload.kept_bytes;
  json["restarts"] = model->upload.restarts;
  json["seconds"] = model->seconds;
  json["estimated_seconds"] = model->estimated_seconds;
  json["link"] = {{"requests", model->requests}, {"retries", model->retries}};
  return json;
}

auto run_flash(const FlashOptions& options, CommandContext& context) -> Result<Ok> {
  auto& console = context.console;
  auto work = prepare(options, context);
  if (!work) return work.error();
  std::string port = options.line.port;
  std::unique_ptr<sim::BoardOnPty> simulated;
  if (sim::is_simulated(port) && work->programmer != nullptr && work->programmer->needs_port) {
    auto started = start_simulated(*work, port);
    if (!started) return started.error();
    simulated = std::move(*started);
  }
  const auto agent = flash_agent(*work, options, console);
  if (!agent) return agent.error();
  const auto after = port_after(*work, port, options, context);
  if (!after) return after.error();
  if (auto answers = check_agent(*work, *after, options, context); !answers) return answers;
  const auto model = flash_model(*work, *after, options, context);
  if (!model) return model.error();
  if (simulated && !options.dry_run)
    console.note("the chip of a simulated board is forgotten when this command ends; mcullm sim keeps one");
  if (options.json) {
    console.print_json("flash", report_json(*work, *agent, *model, options));
    return Ok{};
  }
  if (work->programmer != nullptr) console.print_line(agent_line(*work, *agent));
  if (*model) console.print_line(model_line(**model, options));
  return Ok{};
}

constexpr auto footer =
    R"(With --board the agent is put onto the chip first, by the board's own way. uno: avrdude and the boot loader
that every Uno has. pico, pico2: a UF2 file with agent and model, copied to the volume that the board shows while
its BOOTSEL button is held; a board that runs an agent is asked through its --port. stm32f405: dfu-util (BOOT0
held at reset) or openocd (ST-Link). Then the agent is asked who it is, and takes the model in pieces, each checked by its CRC.
Only what differs is sent, and the header last: broken off at any moment, the board holds no half model, and the
same command goes on from there. A model that does not fit is refused before its body is sent.

Examples:
  mcullm flash --board uno --port /dev/ttyACM0 stories-q.mcm
  mcullm flash --board uno --port /dev/ttyACM0 --agent-only
  mcullm flash --board pico stories-q.mcm                    BOOTSEL is held, the volume RPI-RP2 is there
  mcullm flash --port /dev/ttyACM0 stories-q.mcm             the agent is there
  mcullm flash --board uno --dry-run --json stories-q.mcm)";

void add_places(CLI::App& command, FlashOptions& options) {
  add_line_options(command, options.line);
  command.add_option("--board", options.board, "Put the agent of this board onto the chip, too")
      ->type_name("BOARD");
  command.add_option("--agent", options.agent, "Another agent than the one that belongs to this program")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
  command
      .add_option("--boot-baud", options.boot_baud, "Rate of the boot loader, where it is not the usual one")
      ->type_name("BAUD")
      ->check(positive_int());
  command.add_option("--volume", options.volume, "Folder where the boot loader's volume is mounted")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory);
  command.add_option("--tool", options.tool, "For an STM32: dfu-util or openocd; default: what is installed")
      ->type_name("TOOL")
      ->check(CLI::IsMember({"dfu-util", "openocd"}));
}

}  // namespace

void add_flash_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<FlashOptions>();
  auto* command = app.add_subcommand("flash", "Put the agent and a model onto a board");
  command->group(group::boards);
  command->footer(footer);
  command->add_option("model", options->model, "Model image, as quantize writes it")->type_name("MODEL.mcm");
  add_places(*command, *options);
  command->add_flag("--agent-only", options->agent_only, "Leave the storage alone");
  command->add_flag("--model-only", options->model_only, "Leave the chip's program alone");
  command->add_flag("--dry-run", options->dry_run, "Say what would be written, and change nothing");
  command->add_flag("--json", options->json, "Print JSON on stdout");
  run_on_choice(*command, context, options, run_flash);
}

}  // namespace mcullm::cli
