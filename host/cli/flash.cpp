// SPDX-License-Identifier: MIT
// mcullm flash: put a model image into the storage of a board.
#include "flash/upload.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "cli/board/choose_board.hpp"
#include "cli/command.hpp"
#include "image/model_image.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {

namespace {

using nlohmann::ordered_json;

struct FlashOptions {
  std::filesystem::path model;
  std::string port, fault;
  int rate_baud = 115200;
  bool dry_run = false, json = false;
};

struct Flashed {
  flash::UploadReport upload;
  double seconds = 0;
};

// Reads the file as `mcullm info` does, so that what is wrong with it has a name.
auto load_image(const std::filesystem::path& path) -> Result<std::vector<std::byte>> {
  auto bytes = read_file(path);
  if (!bytes) return bytes.error();
  if (auto image = image::parse_model_image(*bytes, path.string()); !image) return image.error();
  return bytes;
}

auto flash_board(link::Board& board, std::span<const std::byte> image, const FlashOptions& options,
                 const ProgressFn& progress) -> Result<Flashed> {
  const auto start = std::chrono::steady_clock::now();
  auto report = options.dry_run ? flash::plan(board, image) : flash::ensure_model(board, image, progress);
  if (!report) return report.error();
  return Flashed{*report, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()};
}

auto summary(const Flashed& flashed, const FlashOptions& options) -> std::string {
  const auto& upload = flashed.upload;
  const auto bytes = [](std::uint64_t count) { return ui::bytes_text(static_cast<double>(count)); };
  if (upload.already_there) return "the board runs this model already; nothing to do";
  if (options.dry_run)
    return fmt::format("would send at most {} of {}; {} are there already", bytes(upload.sent_bytes),
                       bytes(upload.image_bytes), bytes(upload.kept_bytes));
  return fmt::format("stored {} in {}: {} sent, {} were there already; the board runs it",
                     bytes(upload.image_bytes), ui::duration_text(flashed.seconds), bytes(upload.sent_bytes),
                     bytes(upload.kept_bytes));
}

auto report_json(const Flashed& flashed, const FlashOptions& options, const link::Board& board)
    -> ordered_json {
  const auto& link = board.statistics();
  return {{"port", options.port},
          {"board", board.hello().board},
          {"model", options.model.string()},
          {"dry_run", options.dry_run},
          {"already_there", flashed.upload.already_there},
          {"image_bytes", flashed.upload.image_bytes},
          {"sent_bytes", flashed.upload.sent_bytes},
          {"kept_bytes", flashed.upload.kept_bytes},
          {"restarts", flashed.upload.restarts},
          {"seconds", flashed.seconds},
          {"link", {{"requests", link.requests}, {"retries", link.retries}}}};
}

auto run_flash(const FlashOptions& options, CommandContext& context) -> Result<Ok> {
  auto& console = context.console;
  const auto image = load_image(options.model);
  if (!image) return image.error();
  auto chosen =
      choose_board(options.port,
                   {.fault = options.fault, .model = options.model, .rate_baud = options.rate_baud}, context);
  if (!chosen) return chosen.error();
  auto& board = *chosen->board;
  const auto flashed = flash_board(board, *image, options, console.progress());
  if (!flashed) return flashed.error();
  if (chosen->simulated() && !options.dry_run)
    console.note("a simulated board forgets its storage when this command ends");
  if (options.json) {
    console.print_json("flash", report_json(*flashed, options, board));
  } else {
    console.print_line(summary(*flashed, options));
  }
  return Ok{};
}

constexpr auto footer =
    R"(The agent on the board takes the image in pieces, each checked by its CRC. Only what differs is
sent, and the header last: broken off at any moment, the board holds no half model, and the same command goes
on from there. A model that does not fit is refused before its body is sent.

Examples:
  mcullm flash --port /dev/ttyACM0 stories-q.mcm
  mcullm flash --port /dev/ttyACM0 stories-q.mcm --dry-run --json)";

}  // namespace

void add_flash_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<FlashOptions>();
  auto* command = app.add_subcommand("flash", "Put a model into the storage of a board");
  command->group(group::boards);
  command->footer(footer);
  command->add_option("model", options->model, "Model image, as quantize writes it")
      ->type_name("MODEL.mcm")
      ->required();
  command->add_option("--port", options->port, "Serial port, sim:NAME, or exec:COMMAND")
      ->type_name("PORT")
      ->envname("MCULLM_PORT")
      ->required();
  command->add_option("--baud", options->rate_baud, "Rate of a serial port")
      ->type_name("BAUD")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--fault", options->fault, "Disturb the line: flip=1e-4,drop=1e-5,...")
      ->type_name("SPEC");
  command->add_flag("--dry-run", options->dry_run, "Say what would be sent, and change nothing");
  command->add_flag("--json", options->json, "Print JSON on stdout");
  run_on_choice(*command, context, options, run_flash);
}

}  // namespace mcullm::cli
