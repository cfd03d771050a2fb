// SPDX-License-Identifier: MIT
#include "sim/uno/simulation.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <random>

#include "base/file.hpp"
#include "sim/uno/report.hpp"

namespace mcullm::uno {

namespace {

std::atomic<bool> stop_requested{false}, report_requested{false}, card_change_requested{false},
    reset_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "signal handlers set these");

constexpr std::chrono::microseconds reset_wait(20'000);
constexpr Cycles save_every = clock_hz;  // looks for a changed flash

auto parse_line_speed(const std::string& text) -> Result<LineSpeed> {
  if (text == "auto") return LineSpeed{};
  if (text == "terminal") return LineSpeed{LineSpeed::Source::terminal, 0};
  std::uint32_t baud = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), baud);
  if (error == std::errc{} && end == text.data() + text.size() && baud >= 300 && baud <= clock_hz / 8)
    return LineSpeed{LineSpeed::Source::fixed, baud};
  return Error{Exit::usage, fmt::format("--line-baud {}: no speed", text),
               "auto, terminal, or 300 to 2000000"};
}

}  // namespace

void Simulation::request_stop() { stop_requested = true; }
void Simulation::request_report() { report_requested = true; }
void Simulation::request_reset() { reset_requested = true; }
void Simulation::request_card_change() { card_change_requested = true; }

Simulation::Simulation(const Options& options, ByteStream stream, Say say)
    : options_(options), stream_(std::move(stream)), say_(std::move(say)), pace_(options.realtime) {}

auto Simulation::create(const Options& options, Say say) -> Result<std::unique_ptr<Simulation>> {
  auto stream = options.pty ? ByteStream::on_new_pty()
                            : Result(ByteStream::on_descriptors(STDIN_FILENO, STDOUT_FILENO));
  if (!stream) return stream.error();
  std::unique_ptr<Simulation> simulation(new Simulation(options, std::move(*stream), std::move(say)));
  if (auto ready = simulation->setup_board(); !ready) return ready.error();
  return simulation;
}

auto Simulation::setup_board() -> Result<Ok> {
  BoardSetup setup;
  if (auto loaded = load_programs(setup); !loaded) return loaded.error();
  const auto speed = parse_line_speed(options_.line_baud);
  if (!speed) return speed.error();
  setup.line_speed = *speed;
  setup.spi_overhead = options_.spi_overhead;
  setup.ram_seed = options_.ram_seed != 0 ? options_.ram_seed : std::random_device()();
  auto card = open_card();
  if (!card) return card.error();
  Board::Mark mark;
  if (!options_.marks.empty()) {
    marks_.open(options_.marks);
    if (!marks_) return Error{Exit::input, options_.marks + ": cannot be written", ""};
    mark = [this](Cycles when, std::uint8_t value) { marks_ << when << ' ' << unsigned{value} << '\n'; };
  }
  board_ = std::make_unique<Board>(setup, stream_, std::move(*card), std::move(mark));
  return Ok{};
}

auto Simulation::load_programs(BoardSetup& setup) -> Result<Ok> {
  setup.static_end = options_.static_end;
  if (!options_.flash.empty()) {
    flash_file_.emplace(options_.flash);
    auto kept = flash_file_->load();
    if (!kept) return kept.error();
    if (*kept) setup.programs.push_back(std::move(**kept));
  }
  if (!options_.firmware.empty()) {
    auto program = read_program(options_.firmware);
    if (!program) return program.error();
    if (setup.static_end == 0) setup.static_end = program->static_end;
    setup.programs.push_back(std::move(*program));
  }
  if (!options_.boot.empty()) {
    auto program = read_program(options_.boot);
    if (!program) return program.error();
    setup.boot_start = program->lowest_address();
    setup.programs.push_back(std::move(*program));
  }
  if (!setup.programs.empty()) return Ok{};
  return Error{Exit::usage, "the flash is empty",
               "give --firmware, --boot, or a --flash file of an earlier run"};
}

auto Simulation::open_card() -> Result<std::optional<SdCard>> {
  if (options_.card.empty()) return std::optional<SdCard>();
  auto image = CardImage::open(options_.card, options_.card_create_mib);
  if (!image) return image.error();
  const bool high_capacity = options_.card_type == "sdhc";
  return std::optional<SdCard>(std::in_place, std::move(*image), high_capacity, options_.card_timing,
                               options_.card_faults);
}

auto Simulation::run() -> Result<bool> {
  if (options_.pty) say_(stream_.path() + "\n");
  std::string over;
  while (over.empty()) {
    const auto state = board_->run(pace_.slice(*board_));
    stream_.flush();
    if (state == CpuState::crashed) {
      wait_for_reset();
    } else {
      pace_.wait(*board_, stream_);
    }
    if (auto looked = look_outside(); !looked) return looked.error();
    over = why_over(state);
  }
  stream_.flush();
  if (flash_file_) {
    if (auto saved = flash_file_->save_if_changed(board_->flash()); !saved) return saved.error();
  }
  if (auto written = write_report(over); !written) return written.error();
  return board_->watch().counts().empty();
}

// An empty chip runs through its flash again and again until its stack has overwritten everything; the reset
// button still works then.
void Simulation::wait_for_reset() {
  stream_.poll(reset_wait);
  stream_.forget_input();
}

auto Simulation::why_over(CpuState state) const -> std::string {
  if (state == CpuState::crashed && options_.boot.empty()) return "crash";
  if (state == CpuState::finished) return "sleep";
  if (stop_requested) return "signal";
  if (options_.max_cycles != 0 && board_->now() >= options_.max_cycles) return "max-cycles";
  const bool quiet = board_->now() - board_->last_activity() > Pace::quiet_after;
  if (stream_.ended() && !stream_.has_input() && quiet) return "input-closed";
  return {};
}

auto Simulation::look_outside() -> Result<Ok> {
  if (stream_.was_opened() || reset_requested.exchange(false)) {
    stream_.forget_input();  // it was for the program before
    board_->press_reset();
  }
  board_->line().feed();
  if (card_change_requested.exchange(false) && board_->card()) board_->card()->pull_or_insert();
  if (flash_file_ && board_->now() >= next_save_) {
    next_save_ = board_->now() + save_every;
    if (auto saved = flash_file_->save_if_changed(board_->flash()); !saved) return saved.error();
  }
  return report_requested.exchange(false) ? write_report("running") : Ok{};
}

auto Simulation::write_report(const std::string& ended) -> Result<Ok> {
  marks_.flush();
  const auto line = report_line(*board_, ended);
  if (options_.report.empty()) {
    say_(line);
    return Ok{};
  }
  return write_file(options_.report, std::as_bytes(std::span(line)));
}

}  // namespace mcullm::uno
